(ns td.history
  "Histories as operations: an invocation and its completion in one map.")

(defn operations
  "Client operations of a history, in order of invocation:
  {:f :process :value (of the invocation) :result (of the completion) :type :idx :answer :error :node
   :from :to (ns; :to is nil for one that never completed, and ends :info)}."
  [history]
  (let [close (fn [invocation completion]
                (merge (dissoc invocation :index :time :type)
                       (select-keys completion [:idx :term :node :answer :answers :pin :error])
                       {:type (:type completion :info)
                        :result (:value completion)
                        :from (:time invocation)
                        :to (when (contains? #{:ok :fail} (:type completion)) (:time completion))
                        :at (:index invocation)}))]
    (loop [events (remove #(= :nemesis (:process %)) history), open {}, done []]
      (if-let [event (first events)]
        (if (= :invoke (:type event))
          (recur (rest events) (assoc open (:process event) event) done)
          (recur (rest events)
                 (dissoc open (:process event))
                 (conj done (close (open (:process event)) event))))
        (vec (sort-by :at (into done (map #(close % nil)) (vals open))))))))

(defn faults "What the nemesis has done, in order." [history]
  (filter #(and (= :nemesis (:process %)) (= :info (:type %))) history))
