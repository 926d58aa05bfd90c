(ns td.generator
  "What to do next: pure generators of operations.

  A generator is nil (nothing left), a map (one operation), a sequence (one generator after the other), a function of
  [test ctx] (called whenever an operation is wanted, until it gives nil), or a record that satisfies Generator. Nothing in
  here has an effect or a random source of its own: whatever is random comes from `(rand-at ctx)`, which depends only on the
  test's seed and on the number of operations given out so far. The same seed and the same order of completions give the
  same operations.

  ctx: {:time ns since the start, :n operations given out, :seed, :free set of idle threads, :threads all threads,
        :process {thread process}}. Threads are 0, 1, ... and :nemesis."
  (:refer-clojure :exclude [update concat]))

(defprotocol Generator
  (op [gen test ctx]
    "[operation gen'], or [:pending gen'] if there is one but not now, or nil if there is none any more. A pending answer
    may name the time at which to ask again: [:pending gen' ns].")
  (update [gen test ctx event]
    "The generator after an event: an operation that began or ended."))

;; ---- random numbers

(defn mix64
  "SplitMix64's finaliser: a well-mixed long for each long."
  ^long [^long z]
  (let [z (unchecked-multiply (bit-xor z (unsigned-bit-shift-right z 30)) (unchecked-long 0xbf58476d1ce4e5b9))
        z (unchecked-multiply (bit-xor z (unsigned-bit-shift-right z 27)) (unchecked-long 0x94d049bb133111eb))]
    (bit-xor z (unsigned-bit-shift-right z 31))))

(defn rand-at
  "A random source for the operation that is being chosen, distinct per salt."
  (^java.util.SplittableRandom [ctx] (rand-at ctx 0))
  (^java.util.SplittableRandom [ctx salt]
   (java.util.SplittableRandom.
    (mix64 (unchecked-add (unchecked-multiply (long (:seed ctx)) (unchecked-long 0x9e3779b97f4a7c15))
                          (unchecked-add (unchecked-multiply (long (:n ctx)) 1000003) (long salt)))))))

(defn rand-in ^long [^java.util.SplittableRandom random ^long n] (long (.nextInt random (int n))))

(defn pick [random coll] (nth coll (rand-in random (count coll))))

;; ---- the plain forms

(defn- some-thread
  "The idle thread that an operation without one gets."
  [ctx]
  (let [free (sort-by #(if (= :nemesis %) -1 %) (:free ctx))]
    (when (seq free)
      (pick (rand-at ctx 7) (vec free)))))

(defn- fill
  "The operation with thread and process, or :pending if no thread is idle."
  [operation ctx]
  (if-let [thread (if (contains? operation :thread)
                    ((:free ctx) (:thread operation))
                    (some-thread ctx))]
    (assoc operation
           :thread thread
           :process (get-in ctx [:process thread])
           :type :invoke)
    :pending))

(extend-protocol Generator
  nil
  (op [_ _ _] nil)
  (update [_ _ _ _] nil)

  clojure.lang.IPersistentMap
  (op [this _ ctx]
    (let [filled (fill this ctx)]
      (if (= :pending filled) [:pending this] [filled nil])))
  (update [this _ _ _] this)

  clojure.lang.Sequential
  (op [this test ctx]
    (loop [gens (seq this)]
      (when gens
        (if-let [[o gen' at] (op (first gens) test ctx)]
          [o (if gen' (cons gen' (rest gens)) (rest gens)) at]
          (recur (next gens))))))
  (update [this test ctx event]
    (when-let [gens (seq this)]
      (cons (update (first gens) test ctx event) (rest gens))))

  clojure.lang.Fn
  (op [this test ctx]
    (when-let [made (this test ctx)]
      (when-let [[o _ at] (op made test ctx)]
        ;; The next operation asks the function again.
        [o this at])))
  (update [this _ _ _] this))

;; ---- combinators

(defrecord Limit [n gen]
  Generator
  (op [_ test ctx]
    (when (pos? n)
      (when-let [[o gen' at] (op gen test ctx)]
        [o (Limit. (if (= :pending o) n (dec n)) gen') at])))
  (update [_ test ctx event] (Limit. n (update gen test ctx event))))

(defn limit "At most n operations." [n gen] (->Limit n gen))

(defn once "One operation." [gen] (limit 1 gen))

(defrecord Mix [gens]
  Generator
  (op [_ test ctx]
    (when (seq gens)
      (let [i (rand-in (rand-at ctx 1) (count gens))]
        (if-let [[o gen' at] (op (gens i) test ctx)]
          [o (Mix. (assoc gens i gen')) at]
          (op (Mix. (into (subvec gens 0 i) (subvec gens (inc i)))) test ctx)))))
  ;; Mixed generators are functions in practice; an event would have to go to all of them.
  (update [_ test ctx event] (Mix. (mapv #(update % test ctx event) gens))))

(defn mix "A random one of these generators for each operation; give one twice to favour it." [gens] (->Mix (vec gens)))

(defrecord Stagger [interval-ns next-ns gen]
  Generator
  (op [_ test ctx]
    (let [at (or next-ns (:time ctx))]
      (if (< (:time ctx) at)
        [:pending (Stagger. interval-ns at gen) at]
        (when-let [[o gen' at'] (op gen test ctx)]
          (if (= :pending o)
            [:pending (Stagger. interval-ns at gen') at']
            [o
             (Stagger. interval-ns
                       ;; Not more than a second is caught up: a pause must not be followed by a burst.
                       (+ (max at (- (:time ctx) 1000000000))
                          (long (* 2 interval-ns (.nextDouble (rand-at ctx 2)))))
                       gen')])))))
  (update [_ test ctx event] (Stagger. interval-ns next-ns (update gen test ctx event))))

(defn stagger "Operations at random times, this many seconds apart on average." [seconds gen]
  (->Stagger (long (* 1e9 seconds)) nil gen))

(defrecord TimeLimit [limit-ns end-ns gen]
  Generator
  (op [_ test ctx]
    (let [end (or end-ns (+ (:time ctx) limit-ns))]
      (when (< (:time ctx) end)
        (when-let [[o gen' at] (op gen test ctx)]
          [o (TimeLimit. limit-ns end gen') (if (= :pending o) (min end (or at end)) at)]))))
  (update [_ test ctx event] (TimeLimit. limit-ns end-ns (update gen test ctx event))))

(defn time-limit "Nothing more after so many seconds." [seconds gen] (->TimeLimit (long (* 1e9 seconds)) nil gen))

(defrecord Sleep [ns end-ns]
  Generator
  (op [this _ ctx]
    (let [end (or end-ns
                  ;; Begins once there is somebody to sleep: behind the operation before it.
                  (when (seq (:free ctx)) (+ (:time ctx) ns)))]
      (cond
        (nil? end) [:pending this]
        (< (:time ctx) end) [:pending (assoc this :end-ns end) end])))
  (update [this _ _ _] this))

(defn sleep "No operation, for so many seconds; begins when a thread is idle." [seconds] (->Sleep (long (* 1e9 seconds)) nil))

(defn- restricted [ctx pred]
  (-> ctx
      (clojure.core/update :free #(into #{} (filter pred) %))
      (clojure.core/update :threads #(into #{} (filter pred) %))))

(defrecord OnThreads [pred gen]
  Generator
  (op [_ test ctx]
    (when-let [[o gen' at] (op gen test (restricted ctx pred))]
      [o (OnThreads. pred gen') at]))
  (update [_ test ctx event]
    (OnThreads. pred (if (pred (:thread event))
                       (update gen test (restricted ctx pred) event)
                       gen))))

(defn on-threads "Only threads that satisfy the predicate see the generator." [pred gen] (->OnThreads pred gen))

(defn clients "Every thread but the nemesis." [gen] (on-threads #(not= :nemesis %) gen))

(defn nemesis "Only the nemesis." [gen] (on-threads #(= :nemesis %) gen))

(defrecord Any [gens]
  Generator
  (op [_ test ctx]
    (let [answers (mapv #(op % test ctx) gens)
          pending? (fn [[o]] (= :pending o))
          ;; Also those that wait may have changed.
          gens (mapv (fn [gen [_ gen' :as answer]] (if (pending? answer) gen' gen)) gens answers)
          ready (filterv #(let [answer (answers %)] (and answer (not (pending? answer)))) (range (count gens)))]
      (cond
        (seq ready) (let [i (pick (rand-at ctx 3) ready)
                          [o gen'] (answers i)]
                      [o (Any. (assoc gens i gen'))])
        (some pending? answers) [:pending
                                 (Any. gens)
                                 (some->> (keep (fn [[_ _ at]] at) answers) seq (reduce min))])))
  (update [_ test ctx event] (Any. (mapv #(update % test ctx event) gens))))

(defn any "Operations of whichever of these generators has one." [& gens] (->Any (vec gens)))

(defrecord Until [stop? gen]
  Generator
  (op [_ test ctx]
    (when-not stop?
      (when-let [[o gen' at] (op gen test ctx)]
        [o (Until. stop? gen') at])))
  (update [_ test ctx event]
    (Until. (or stop? (and (= :nemesis (:thread event)) (= :info (:type event)) (= :stop-load (:f event))))
            (update gen test ctx event))))

(defn until-stopped
  "Operations until the nemesis has done :stop-load, so that a load lasts as long as its faults."
  [gen]
  (->Until false gen))

(defrecord Synchronize [gen]
  Generator
  (op [_ test ctx]
    (if (= (:free ctx) (:threads ctx))
      (op gen test ctx)
      [:pending (Synchronize. gen)]))
  (update [_ test ctx event] (Synchronize. (update gen test ctx event))))

(defn synchronize "Waits until every thread is idle, once." [gen] (->Synchronize gen))

(defn phases "One generator after the other; each begins when every thread is idle." [& gens]
  (mapv synchronize gens))

(defrecord EachThread [gen by-thread]
  Generator
  (op [this test ctx]
    (let [state #(get by-thread % gen)
          threads (:threads ctx)
          answers (for [thread (sort-by str (:free ctx))
                        :let [answer (op (state thread) test (restricted ctx #{thread}))]
                        :when answer]
                    [thread answer])
          ready (filter (fn [[_ [o]]] (not= :pending o)) answers)]
      (cond
        (seq ready) (let [[thread [o gen']] (pick (rand-at ctx 4) (vec ready))]
                      [o (EachThread. gen (assoc by-thread thread gen'))])
        (or (seq answers) (not= (:free ctx) threads)) [:pending this])))
  (update [this _ _ _] this))

(defn each-thread "A copy of the generator for every thread." [gen] (->EachThread gen {}))

;; ---- a dry run

(defn context
  "The context of a test with n client threads that has not begun."
  [seed n]
  (let [threads (into #{:nemesis} (range n))]
    {:time 0 :n 0 :seed seed :free threads :threads threads
     :process (into {} (map (juxt identity identity)) threads)}))

(defn simulate
  "The operations that a generator gives if each takes latency-ns and succeeds; at most n."
  [test gen seed threads n latency-ns]
  (loop [gen gen, ctx (context seed threads), running (sorted-map), history []]
    (let [[o gen' at] (when (< (:n ctx) n) (op gen test ctx))
          finish (fn [gen]
                   (let [[[at :as k] done] (first running)
                         ctx (-> ctx
                                 (assoc :time (max at (:time ctx)))
                                 (clojure.core/update :free conj (:thread done)))]
                     [(update gen test ctx done) ctx (dissoc running k)]))]
      (cond
        (nil? o) history
        (and (= :pending o) at (or (empty? running) (< at (ffirst (first running)))))
        (recur gen' (assoc ctx :time at) running history)
        (= :pending o) (if (empty? running)
                         history
                         (let [[gen' ctx' running'] (finish gen')] (recur gen' ctx' running' history)))
        :else
        (let [invoked (assoc o :time (:time ctx))
              ctx' (-> ctx (clojure.core/update :n inc) (clojure.core/update :free disj (:thread o)))]
          (recur (update gen' test ctx' invoked)
                 ctx'
                 (assoc running [(+ (:time ctx) latency-ns) (:n ctx)]
                        (assoc o :type (if (= :nemesis (:thread o)) :info :ok)))
                 (conj history invoked)))))))
