(ns td.model
  "The namespace as one plain value, and what each operation does to it. The oracle of the replay checker: no network, no
  disk, no concurrency, everything in the order of the journal.

  state: {:inodes {id inode} :edges {directory-id {name id}}}
  inode: {:id :kind :dir|:file, :mode, :xattrs {name string}, :change state index of its last change,
          of files also :incomplete true until completed, :size if not 0}

  `step` takes an operation (see td.namespace-client), the state index at which it took effect, and, for what makes an
  inode, the id that the cluster chose. It gives [state' answer], where an answer is {:ok value} or {:error code}. A state
  only changes with an :ok. Callers are super-users. A writable mount whose store nobody else changes is a part of the
  namespace like any other, but for who writes the bytes of a file."
  (:require [clojure.string :as str]))

(def root-id 1)

(defn empty-state
  "The root alone, last changed at this index."
  [root]
  {:inodes {root-id (merge {:id root-id :kind :dir} root)}
   :edges {root-id {}}})

(defn components [path] (remove str/blank? (str/split path #"/")))

(defn- directory? [state id] (= :dir (get-in state [:inodes id :kind])))

(defn resolve-path
  "{:id what is there or nil, :parent the directory above or nil if it is missing, :name}, or {:error code}."
  [state path]
  (let [names (vec (components path))]
    (if (empty? names)
      {:id root-id}
      (loop [id root-id, [name & more] names]
        (let [child (get-in state [:edges id name])]
          (cond
            (nil? more) {:id child :parent id :name name}
            (nil? child) {}
            (not (directory? state child)) {:error :NOT_A_DIRECTORY}
            :else (recur child more)))))))

(defn state-of
  "The state of a namespace with this root and this recursive listing of it (inodes by path)."
  [root listing]
  (reduce (fn [state [path inode]]
            (let [{:keys [parent name]} (resolve-path state path)]
              (cond-> (-> state
                          (assoc-in [:edges parent name] (:id inode))
                          (assoc-in [:inodes (:id inode)] (dissoc inode :children)))
                (= :dir (:kind inode)) (assoc-in [:edges (:id inode)] {}))))
          (empty-state (dissoc root :children))
          ;; Directories come before what is in them.
          (sort-by key listing)))

(defn inode-at [state path] (some->> (resolve-path state path) :id (get (:inodes state))))

(defn- touch [state id index] (assoc-in state [:inodes id :change] index))

(defn- link [state parent name inode index]
  (-> state
      (assoc-in [:edges parent name] (:id inode))
      (assoc-in [:inodes (:id inode)] (assoc inode :change index))
      (touch parent index)))

(defn- subtree [state id]
  (tree-seq #(directory? state %) #(vals (get-in state [:edges %])) id))

(defn- unlink
  "Without the inode and all below it."
  [state parent name index]
  (let [gone (subtree state (get-in state [:edges parent name]))]
    (-> state
        (update-in [:edges parent] dissoc name)
        (update :edges #(reduce dissoc % gone))
        (update :inodes #(reduce dissoc % gone))
        (touch parent index))))

(defn- refuse [state code] [state {:error code}])

(defn- make [state path inode index id]
  (let [{:keys [parent name error] there :id} (resolve-path state path)]
    (cond
      error (refuse state error)
      there (refuse state :ALREADY_EXISTS)
      (nil? parent) (refuse state :NOT_FOUND)
      :else [(cond-> (link state parent name (assoc inode :id id :xattrs {}) index)
               (= :dir (:kind inode)) (assoc-in [:edges id] {}))
             {:ok {:id id :changed true}}])))

(defn- complete [state {:keys [path bytes]} index]
  (let [{:keys [id error]} (resolve-path state path)
        inode (get-in state [:inodes id])]
    (cond
      error (refuse state error)
      (nil? inode) (refuse state :NOT_FOUND)
      (= :dir (:kind inode)) (refuse state :NOT_A_FILE)
      (not (:incomplete inode)) (refuse state :FILE_STATE)
      :else [(-> state
                 (assoc-in [:inodes id] (cond-> (dissoc inode :incomplete) (pos? bytes) (assoc :size bytes)))
                 (touch id index))
             {:ok {:id id :changed true}}])))

(defn- delete [state {:keys [path recursive?]} index]
  (let [{:keys [id parent name error]} (resolve-path state path)]
    (cond
      error (refuse state error)
      (nil? id) (refuse state :NOT_FOUND)
      (and (seq (get-in state [:edges id])) (not recursive?)) (refuse state :NOT_EMPTY)
      :else [(unlink state parent name index) {:ok {:id id :changed true}}])))

(defn- inside? [from to]
  (let [a (components from), b (components to)]
    (and (< (count a) (count b)) (= a (take (count a) b)))))

(defn- cannot-replace
  "Why the source cannot take the place of what is at the destination, or nil."
  [state source target overwrite?]
  (when target
    (cond
      (not overwrite?) :ALREADY_EXISTS
      (and (directory? state source) (not (directory? state target))) :NOT_A_DIRECTORY
      (and (not (directory? state source)) (directory? state target)) :NOT_A_FILE
      (seq (get-in state [:edges target])) :NOT_EMPTY)))

(defn- rename [state {:keys [from to overwrite?]} index]
  (if (inside? from to)
    (refuse state :INVALID_ARGUMENT)
    (let [source (resolve-path state from)
          target (resolve-path state to)
          inode (get-in state [:inodes (:id source)])]
      (cond
        (:error source) (refuse state (:error source))
        (nil? inode) (refuse state :NOT_FOUND)
        (= (components from) (components to)) [state {:ok {:id (:id inode) :changed false}}]
        (:error target) (refuse state (:error target))
        (nil? (:parent target)) (refuse state :NOT_FOUND)
        :else
        (if-let [code (cannot-replace state (:id source) (:id target) overwrite?)]
          (refuse state code)
          [(-> (if (:id target) (unlink state (:parent target) (:name target) index) state)
               (update-in [:edges (:parent source)] dissoc (:name source))
               (touch (:parent source) index)
               (link (:parent target) (:name target) inode index))
           {:ok {:id (:id inode) :changed true}}])))))

(defn- setattr [state {:keys [path xattrs mode if-change]} index]
  (let [{:keys [id error]} (resolve-path state path)]
    (cond
      error (refuse state error)
      (nil? id) (refuse state :NOT_FOUND)
      (and if-change (not= if-change (get-in state [:inodes id :change]))) (refuse state :INODE_CHANGED)
      :else [(cond-> (touch state id index)
               mode (assoc-in [:inodes id :mode] mode)
               xattrs (update-in [:inodes id :xattrs] merge xattrs))
             {:ok {:id id :changed true}}])))

(defn- status [state id]
  (cond-> (get-in state [:inodes id])
    (directory? state id) (assoc :children (count (get-in state [:edges id])))))

(defn- walk
  "Every entry below a directory, by path."
  [state id prefix]
  (reduce-kv (fn [entries name child]
               (let [path (str prefix "/" name)]
                 (cond-> (assoc entries path (status state child))
                   (directory? state child) (merge (walk state child path)))))
             {}
             (get-in state [:edges id])))

(defn- list-directory [state {:keys [path recursive?]}]
  (let [{:keys [id error]} (resolve-path state path)]
    (cond
      error (refuse state error)
      (nil? id) (refuse state :NOT_FOUND)
      (not (directory? state id)) (refuse state :NOT_A_DIRECTORY)
      recursive? [state {:ok (walk state id (if (= id root-id) "" path))}]
      :else [state {:ok (update-vals (get-in state [:edges id]) #(status state %))}])))

(defn- stat [state {:keys [path]}]
  (let [{:keys [id error]} (resolve-path state path)]
    (cond
      error (refuse state error)
      (nil? id) (refuse state :NOT_FOUND)
      :else [state {:ok (status state id)}])))

(def directory-mode 0755)
(def file-mode 0644)

(defn step
  "What the operation does and answers when it takes effect at this index; id: of the inode that it makes."
  [state {:keys [f value]} index id]
  (case f
    :create (make state (:path value) (cond-> {:kind :file :mode file-mode} (:incomplete? value) (assoc :incomplete true))
                  index id)
    :mkdir (make state (:path value) {:kind :dir :mode directory-mode} index id)
    :complete (complete state value index)
    :delete (delete state value index)
    :rename (rename state value index)
    :setattr (setattr state value index)
    :stat (stat state value)
    :list (list-directory state value)))

(def mutations #{:create :complete :mkdir :delete :rename :setattr})

(defn paths [{:keys [value]}] (keep value [:path :from :to]))
