(ns td.replay
  "The main checker: replays the acknowledged operations of a history in the order of their state indexes through the
  executable namespace, and asks of every single answer whether it is the model's. Linear in the history.

  - Mutations take effect at their index. Those with one index were one journal entry; they hold locks against each other,
    so their order does not matter, and any that agrees will do.
  - A read sees the state at its index, whole: ids, modes, attributes, child counts and change indexes. A change index
    betrays an operation that was applied twice even where its second effect looks like the first.
  - A refusal carries no index: some state between what had been acknowledged before the call and what began after it must
    refuse in the same words.
  - Indexes agree with real time: what began after an answer has an index at least as high, a mutation a higher one.
  - A mutation of unknown outcome may take effect at any time after its call, once, or never: it is applied when an answer
    can be explained by it and not otherwise."
  (:require [td.history :as history]
            [td.model :as model]))

(def ^:private judged
  "Refusals that say something about the namespace."
  #{:NOT_FOUND :ALREADY_EXISTS :NOT_A_DIRECTORY :NOT_A_FILE :NOT_EMPTY :FILE_STATE :INODE_CHANGED :INVALID_ARGUMENT})

;; ---- comparing, with what is not known of an operation of unknown outcome

(defn- unknown? [v] (and (number? v) (neg? v)))

(defn- same-inode? [expected seen]
  (and (= (dissoc expected :id :change) (dissoc seen :id :change))
       (every? #(or (unknown? (get expected %)) (= (get expected %) (get seen %))) [:id :change])))

(defn- distance
  "How many entries of an answer differ from the model's; 0: it is the model's."
  [{:keys [f]} expected seen]
  (let [expected (:ok expected)]
    (cond
      (nil? expected) 1000000
      (= :list f) (count (remove #(let [e (get expected %), s (get seen %)]
                                    (and e s (same-inode? e s)))
                                 (distinct (concat (keys expected) (keys seen)))))
      (= :stat f) (if (same-inode? expected seen) 0 1)
      :else (if (and (or (unknown? (:id expected)) (= (:id expected) (:id seen)))
                     (= (:changed expected) (:changed seen)))
              0 1))))

(defn- mismatch
  "How far the operation's answer is from the model's in this state."
  [state operation index]
  (distance operation (second (model/step state operation index (get-in operation [:answer :id]))) (:answer operation)))

(defn- after [state operation index]
  (first (model/step state operation index (get-in operation [:answer :id]))))

;; ---- operations of unknown outcome

(defn- guess
  "The state after an operation of unknown outcome, or nil if it would be refused. Its index, and the id of what it makes,
  stay open: negative numbers."
  [state operation]
  (let [[state' answer] (model/step state operation (- (inc (:at operation))) (- (inc (:at operation))))]
    (when (:ok answer) state')))

(defn- candidates [pool operation]
  (filter #(or (nil? (:to operation)) (< (:from %) (:to operation))) (vals pool)))

(defn- explain
  "[state pool] with the fewest open operations applied that make the answer the model's, or nil. Two at a time for
  mutations; for readings as many as each bring the answer nearer."
  [state pool operation index]
  (let [apply-one (fn [[state pool] candidate]
                    (when-let [state' (guess state candidate)]
                      [state' (dissoc pool (:at candidate))]))
        fits? (fn [[state]] (zero? (mismatch state operation index)))
        open (candidates pool operation)
        singles (keep #(apply-one [state pool] %) open)]
    (or (first (filter fits? singles))
        (first (for [one singles
                     two (keep #(apply-one one %) (candidates (second one) operation))
                     :when (fits? two)]
                 two))
        (loop [[state pool :as now] [state pool], left (count pool)]
          (let [d (mismatch state operation index)]
            (cond
              (zero? d) now
              (zero? left) nil
              :else
              (when-let [better (->> (candidates pool operation)
                                     (keep #(apply-one now %))
                                     (sort-by (fn [[s]] (mismatch s operation index)))
                                     first)]
                (when (< (long (mismatch (first better) operation index)) (long d))
                  (recur better (dec left))))))))))

;; ---- the replay

(defn- anomaly [kind operation extra]
  (merge {:kind kind :operation (select-keys operation [:f :value :type :idx :node :process :at :error :answer])} extra))

(defn- expectation [state operation index]
  (let [answer (second (model/step state operation index (get-in operation [:answer :id])))]
    (if (and (= :list (:f operation)) (:ok answer))
      (let [expected (:ok answer), seen (:answer operation)]
        {:differing (into {} (for [k (distinct (concat (keys expected) (keys seen)))
                                   :when (not (and (get expected k) (get seen k)
                                                   (same-inode? (get expected k) (get seen k))))]
                               [k {:expected (get expected k) :seen (get seen k)}]))})
      {:expected answer})))

(defn- brief "An anomaly that can be read." [a]
  (cond-> a
    (= :list (get-in a [:operation :f])) (update :operation dissoc :answer)
    (:differing a) (update :differing #(into {} (take 10) %))))

(defn- apply-group
  "Applies the mutations of one journal entry in an order in which every answer is right; what has none is an anomaly."
  [{:keys [state pool] :as run} index group]
  (loop [state state, pool pool, left group, anomalies (:anomalies run)]
    (if (empty? left)
      (assoc run :state state :pool pool :anomalies anomalies)
      (if-let [fitting (first (filter #(zero? (mismatch state % index)) left))]
        (recur (after state fitting index) pool (remove #(identical? fitting %) left) anomalies)
        (let [operation (first left)]
          (if-let [[state' pool'] (explain state pool operation index)]
            (recur (after state' operation index) pool' (rest left) anomalies)
            (recur (after state operation index)
                   pool
                   (rest left)
                   (conj anomalies (anomaly :wrong-effect operation (expectation state operation index))))))))))

(defn- check-read [{:keys [state pool] :as run} index operation]
  (if (zero? (mismatch state operation index))
    run
    (if-let [[state' pool'] (explain state pool operation index)]
      (assoc run :state state' :pool pool')
      (update run :anomalies conj (anomaly :wrong-answer operation (expectation state operation index))))))

(defn- observed-only? [{:keys [f answer]}]
  (or (not (model/mutations f)) (not (:changed answer))))

(defn- replay
  "Runs everything that has an index. :versions is a sorted map from index to the state at it."
  [initial operations]
  (let [acknowledged (filter #(= :ok (:type %)) operations)
        by-index (into (sorted-map) (group-by :idx acknowledged))
        open (into {} (comp (filter #(and (= :info (:type %)) (model/mutations (:f %)))) (map (juxt :at identity)))
                   operations)]
    (reduce-kv (fn [run index group]
                 (let [{reads true mutations false} (group-by (comp boolean observed-only?) group)
                       run (apply-group run index mutations)
                       run (reduce #(check-read %1 index %2) run reads)]
                   (assoc-in run [:versions index] (:state run))))
               {:state (:state initial)
                :pool open
                :anomalies []
                :versions (sorted-map (:index initial) (:state initial))}
               by-index)))

;; ---- real time

(defn- newest-before
  "time -> the highest index acknowledged before it, as a sorted map of running maxima."
  [operations]
  (->> operations
       (filter #(= :ok (:type %)))
       (sort-by :to)
       (reduce (fn [[m best] {:keys [to idx]}]
                 (let [best (max best idx)] [(assoc m to best) best]))
               [(sorted-map) 0])
       first))

(defn- oldest-after
  "time -> the lowest index of a mutation that began at or after it."
  [operations]
  (->> operations
       (filter #(and (= :ok (:type %)) (not (observed-only? %))))
       (sort-by :from)
       reverse
       (reduce (fn [[m best] {:keys [from idx]}]
                 (let [best (min best idx)] [(assoc m from best) best]))
               [(sorted-map) Long/MAX_VALUE])
       first))

(defn- floor-value [m k below?] (some-> (first (rsubseq m (if below? < <=) k)) val))

(defn real-time-anomalies
  "Answers whose index is older than what had been acknowledged before they were asked for."
  [operations]
  (let [before (newest-before operations)]
    (for [{:keys [type from idx] :as operation} operations
          :when (= :ok type)
          :let [newest (or (floor-value before from true) 0)
                enough? (if (observed-only? operation) (>= idx newest) (> idx newest))]
          :when (not enough?)]
      (anomaly :stale operation {:acknowledged-before newest}))))

;; ---- refusals

(defn- refusal-possible? [versions pool before after {:keys [from to error] :as operation}]
  (let [code (first error)
        newest (or (floor-value before from true) 0)
        limit (or (some-> (first (subseq after > to)) val) Long/MAX_VALUE)
        start (or (some-> (first (rsubseq versions <= newest)) key) (key (first versions)))
        states (map val (take-while #(< (key %) limit) (subseq versions >= start)))
        refused? #(= code (:error (second (model/step % operation 0 0))))
        open (candidates pool operation)]
    (boolean (or (some refused? states)
                 (and (seq open)
                      (some #(some (fn [candidate] (some-> (guess % candidate) refused?)) open) states))))))

(defn- refusal-anomalies [operations versions pool]
  (let [before (newest-before operations)
        after (oldest-after operations)]
    (for [operation operations
          :when (and (= :fail (:type operation)) (judged (first (:error operation))))
          :when (not (refusal-possible? versions pool before after operation))]
      (anomaly :wrong-refusal operation {}))))

(defn check
  "initial: {:index :state}, the namespace before the first operation. Gives :valid?, counts, and the first anomalies."
  [initial history]
  (let [operations (filter #(or (model/mutations (:f %)) (#{:stat :list} (:f %))) (history/operations history))
        {:keys [anomalies versions pool]} (replay initial operations)
        all (concat anomalies
                    (real-time-anomalies operations)
                    (refusal-anomalies operations versions pool))
        acknowledged (filter #(= :ok (:type %)) operations)]
    {:valid? (empty? all)
     :acknowledged-mutations (count (remove observed-only? acknowledged))
     :reads (count (filter observed-only? acknowledged))
     :refusals (count (filter #(and (= :fail (:type %)) (judged (first (:error %)))) operations))
     :unknown (count (filter #(and (= :info (:type %)) (model/mutations (:f %))) operations))
     :unknown-without-effect (count pool)
     :repeated-answers (count (filter #(get-in % [:answer :repeated]) acknowledged))
     :anomaly-counts (frequencies (map :kind all))
     :anomalies (mapv brief (take 20 all))}))
