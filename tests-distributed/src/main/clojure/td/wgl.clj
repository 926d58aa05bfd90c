(ns td.wgl
  "Is there an order of these operations on a register that agrees with real time and with every answer?

  The algorithm of Wing and Gong, with Lowe's memory of the (set of operations done, state) pairs that led nowhere
  (\"Testing for linearizability\", 2017). It knows nothing of state indexes: a cluster that numbers its answers wrongly
  cannot talk its way out. It stops as soon as every operation that was answered has its place; those of unknown outcome
  may take effect at any time after their invocation, or never."
  (:import (java.util ArrayDeque BitSet HashSet)))

(defn step
  "The register after an operation, or ::no if its answer cannot be."
  [state {:keys [f value]}]
  (case f
    :write value
    :read (if (= state value) state ::no)
    :cas (let [[old new] value] (if (= state old) new ::no))))

(defn- relevant
  "What has failed had no effect; a read without an answer says nothing."
  [operations]
  (vec (remove #(or (= :fail (:type %)) (and (= :read (:f %)) (not= :ok (:type %)))) operations)))

(defn- timeline
  "[[time order operation-number call?] ...]: a call before a return at the same moment, so that they overlap."
  [operations]
  (sort (mapcat (fn [i {:keys [from to type]}]
                  (cond-> [[from 0 i true]]
                    (= :ok type) (conj [to 1 i false])))
                (range) operations)))

(defn check
  "operations: {:f :value :type :from :to}, see td.history; :value of a read is what it read. Gives {:valid? true}, or
  {:valid? false :stuck the operation that finds no place}, or {:valid? :unknown} once more than `budget` steps were taken."
  ([operations] (check operations nil 5000000))
  ([operations initial budget]
   (let [operations (relevant operations)
         line (vec (timeline operations))
         n (count line)
         ;; Entries 1..n in a doubly linked list; 0 is its head, n+1 its end.
         next-of (int-array (map #(min (inc (long %)) (inc n)) (range (+ n 2))))
         prev-of (int-array (map #(max 0 (dec (long %))) (range (+ n 2))))
         number (fn [e] (nth (line (dec (long e))) 2))
         call? (fn [e] (nth (line (dec (long e))) 3))
         calls (into {} (keep-indexed (fn [i [_ _ op call?]] (when call? [op (inc i)]))) line)
         returns (into {} (keep-indexed (fn [i [_ _ op call?]] (when-not call? [op (inc i)]))) line)
         cut! (fn [e] (let [p (aget prev-of e), q (aget next-of e)]
                        (aset next-of p q)
                        (aset prev-of q p)))
         mend! (fn [e] (aset next-of (aget prev-of e) (int e))
                 (aset prev-of (aget next-of e) (int e)))
         lift! (fn [op] (cut! (calls op)) (some-> (returns op) cut!))
         unlift! (fn [op] (some-> (returns op) mend!) (mend! (calls op)))
         answered (count returns)
         done (BitSet.)
         seen (HashSet.)
         stack (ArrayDeque.)]
     (loop [state initial, e (aget next-of 0), placed 0, steps 0, deepest 0, stuck nil]
       (cond
         (= placed answered) {:valid? true}
         (> steps budget) {:valid? :unknown :steps steps}

         (and (<= e n) (call? e))
         (let [op (number e)
               state' (step state (operations op))
               taken? (and (not= ::no state')
                           (do (.set done (int op))
                               (or (.add seen [(.clone done) state'])
                                   (do (.clear done (int op)) false))))]
           (if taken?
             (do (lift! op)
                 (.push stack [op state])
                 (recur state' (aget next-of 0) (if (returns op) (inc placed) placed) (inc steps) deepest stuck))
             (recur state (aget next-of e) placed (inc steps) deepest stuck)))

         ;; A return whose call has no place yet: go back.
         (.isEmpty stack)
         {:valid? false :stuck (operations (or stuck (number e)))}

         :else
         (let [further? (and (<= e n) (>= placed deepest))
               [op before] (.pop stack)]
           (.clear done (int op))
           (unlift! op)
           (recur before
                  (aget next-of (calls op))
                  (if (returns op) (dec placed) placed)
                  (inc steps)
                  (if further? placed deepest)
                  (if further? (number e) stuck))))))))
