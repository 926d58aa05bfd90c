(ns td.workload
  "What clients do, and which checkers judge it. A workload is {:client :setup :load :final :checkers}: generators for
  before, during and after the faults."
  (:require [td.checker :as checker]
            [td.generator :as gen]
            [td.mounted :as mounted]
            [td.namespace-client :as nc]
            [td.pinned :as pinned]))

;; Longer than a failover takes on the slowest of machines, and much shorter than operation ids live.
(def ^:private patience-ms 120000)

;; ---- mixed: everything on a small tree, where names collide all the time, and unique files, which must all be there

(def ^:private unique-directories 8)

(defn- name-in-tree
  "A path in a tree of four directories of six names, of which some are directories with four names themselves."
  [random]
  (let [d (str "/t/d" (gen/rand-in random 4))
        e (str d "/e" (gen/rand-in random 6))]
    (if (zero? (gen/rand-in random 3)) (str e "/x" (gen/rand-in random 4)) e)))

(defn- unique-path [n] (str "/unique/d" (mod n unique-directories) "/f" n))

(def ^:private mixed-operations
  "[weight, function of random source and number to operation]."
  [[30 (fn [_ n] {:f :create :value {:path (unique-path n)}})]
   [2 (fn [random n] {:f :create :value {:path (unique-path n) :thrice-within-ms (gen/rand-in random 3000)}})]
   [12 (fn [random _] {:f :create :value {:path (name-in-tree random)}})]
   [8 (fn [random _] {:f :mkdir :value {:path (name-in-tree random)}})]
   [12 (fn [random _] {:f :rename :value {:from (name-in-tree random) :to (name-in-tree random)
                                          :overwrite? (zero? (gen/rand-in random 2))}})]
   [10 (fn [random _] {:f :delete :value {:path (name-in-tree random) :recursive? (zero? (gen/rand-in random 2))}})]
   [10 (fn [random n] {:f :setattr :value {:path (name-in-tree random) :xattrs {"n" (str n)}}})]
   [2 (fn [random n] {:f :setattr :value {:path (name-in-tree random) :mode (gen/rand-in random 512)}})]
   [10 (fn [random _] {:f :stat :value {:path (name-in-tree random)}})]
   [4 (fn [random _] {:f :list :value {:path (str "/t/d" (gen/rand-in random 4)) :recursive? (zero? (gen/rand-in random 2))}})]])

(def ^:private by-weight (vec (mapcat (fn [[weight f]] (repeat weight f)) mixed-operations)))

(defn- mixed-load [_ ctx]
  (let [random (gen/rand-at ctx)]
    ((gen/pick random by-weight) random (:n ctx))))

(defn mixed []
  {:client (nc/namespace-client {:retries? true :timeout-ms patience-ms})
   :setup (for [path (concat ["/t" "/unique"]
                             (map #(str "/t/d" %) (range 4))
                             (map #(str "/unique/d" %) (range unique-directories)))]
            {:f :mkdir :value {:path path}})
   :load mixed-load
   :final (cons {:f :list :value {:path "/" :recursive? true}}
                (map (fn [path] {:f :stat :value {:path path}})
                     (concat ["/" "/t" "/unique"] (map #(str "/unique/d" %) (range unique-directories)))))
   :checkers {:replay checker/replayed
              :operation-ids checker/answered-once
              :errors checker/errors
              :stats checker/stats}})

;; ---- mounted: the like on a writable mount
;;
;; Every thread also writes files of its own, step by step, and then moves them to where names collide.

(def ^:private tree (str mounted/mount-point "/t"))
(def ^:private incoming (str mounted/mount-point "/in"))
(def ^:private unique (str mounted/mount-point "/unique"))

(defn- name-on-mount
  "A path in a tree of four directories of six names, of which some are directories with four names themselves."
  [random]
  (let [e (str tree "/d" (gen/rand-in random 4) "/e" (gen/rand-in random 6))]
    (if (zero? (gen/rand-in random 3)) (str e "/x" (gen/rand-in random 4)) e)))

(def ^:private mounted-operations
  [[14 (fn [_ n] {:f :mkdir :value {:path (str unique "/u" n)}})]
   [2 (fn [random n] {:f :mkdir :value {:path (str unique "/u" n) :thrice-within-ms (gen/rand-in random 3000)}})]
   [12 (fn [random _] {:f :mkdir :value {:path (name-on-mount random)}})]
   [12 (fn [random _] {:f :rename :value {:from (name-on-mount random) :to (name-on-mount random)
                                          :overwrite? (zero? (gen/rand-in random 2))}})]
   [10 (fn [random _] {:f :delete :value {:path (name-on-mount random) :recursive? (zero? (gen/rand-in random 2))}})]
   [8 (fn [random _] {:f :setattr :value {:path (name-on-mount random) :mode (gen/pick random [0755 0750 0700 0640 0600])}})]
   [8 (fn [random n] {:f :setattr :value {:path (name-on-mount random) :mtime (* 1000 (+ 1000000000 n))}})]
   [4 (fn [random n] {:f :setattr :value {:path (name-on-mount random) :xattrs {"n" (str n)}}})]
   [8 (fn [random _] {:f :stat :value {:path (name-on-mount random)}})]
   [4 (fn [random _] {:f :list :value {:path (str tree "/d" (gen/rand-in random 4)) :recursive? (zero? (gen/rand-in random 2))}})]])

(def ^:private mounted-by-weight (vec (mapcat (fn [[weight f]] (repeat weight f)) mounted-operations)))

(defn- mounted-operation [_ ctx]
  (let [random (gen/rand-at ctx)]
    ((gen/pick random mounted-by-weight) random (:n ctx))))

(defn- file-steps
  "A thread's k-th file, with other operations between its steps."
  [k]
  (let [step (fn [f] (gen/once (fn [_ ctx] (f (gen/rand-at ctx) (str incoming "/f" (first (:threads ctx)) "-" k)))))
        others (gen/limit 4 mounted-operation)]
    [(step (fn [_ path] {:f :create :value {:path path :incomplete? true}}))
     (step (fn [random path] {:f :complete :value {:path path :bytes (inc (gen/rand-in random 2000))}}))
     others
     (step (fn [random path] {:f :rename :value {:from path :to (name-on-mount random) :overwrite? true :written? true}}))
     others]))

(defn mounted []
  {:client (mounted/mounted-client {:retries? true :timeout-ms patience-ms})
   :setup (for [path (concat [tree incoming unique] (map #(str tree "/d" %) (range 4)))]
            {:f :mkdir :value {:path path}})
   :load (gen/each-thread (mapcat file-steps (range)))
   :final (cons {:f :list :value {:path "/" :recursive? true}}
                (map (fn [path] {:f :stat :value {:path path}}) ["/" mounted/mount-point tree incoming unique]))
   :checkers {:replay checker/replayed
              :operation-ids checker/answered-once
              :settled checker/settled
              :store checker/store-agrees
              :errors checker/errors
              :stats checker/stats}})

;; ---- register: one attempt per operation, compare and set, a few keys at a time
;;
;; Few clients at one key and more reads than writes: what overlaps with everything is linearizable however wrong it is.

(def ^:private register-keys 60)
(def ^:private keys-at-a-time 5)
(def ^:private operations-per-key 200)

(defn- register-load [_ ctx]
  (let [random (gen/rand-at ctx)
        n (:n ctx)
        k (+ (* keys-at-a-time (quot n (* keys-at-a-time operations-per-key))) (mod n keys-at-a-time))]
    (when (< k register-keys)
      (case (gen/rand-in random 4)
        (0 1) {:f :read :value [k nil]}
        2 {:f :write :value [k n]}
        3 {:f :cas :value [k [(- n (* keys-at-a-time (inc (gen/rand-in random 8)))) n]]}))))

(defn register []
  {:client (nc/namespace-client {:retries? false :timeout-ms 5000})
   :setup (cons {:f :mkdir :value {:path "/registers"}}
                (map (fn [k] {:f :create :value {:path (nc/register-path k)}}) (range register-keys)))
   :load register-load
   :final []
   :checkers {:registers checker/registers
              :errors checker/errors
              :stats checker/stats}})

;; ---- set: unique elements, read all at once

(defn- set-load [_ ctx]
  (if (zero? (gen/rand-in (gen/rand-at ctx) 20))
    {:f :elements}
    {:f :add :value (:n ctx)}))

(defn set-workload []
  {:client (nc/namespace-client {:retries? false :timeout-ms 5000})
   :setup [{:f :mkdir :value {:path "/set"}}]
   :load set-load
   :final [{:f :elements}]
   :checkers {:set checker/set-full
              :errors checker/errors
              :stats checker/stats}})

;; ---- pinned: writers go to whoever leads, readers to the master that is paused

(defn pinned
  "The first `writers` threads each own one register and count it up; the others read them all, one attempt at a time, from
  the master that was last paused."
  [writers]
  (let [writer? #(and (number? %) (< % writers))]
    {:client (pinned/client)
     :setup (cons {:f :mkdir :value {:path "/registers"}}
                  (map (fn [k] {:f :create :value {:path (nc/register-path k)}}) (range writers)))
     :load (gen/any
            (gen/on-threads writer?
                            (gen/stagger 0.005 (fn [_ ctx] {:f :write :value [:own (:n ctx)]})))
            (gen/on-threads (complement writer?)
                            (gen/stagger 0.004 (fn [_ ctx]
                                                 {:f :read :pinned? true
                                                  :value [(gen/rand-in (gen/rand-at ctx) writers) nil]}))))
     :final []
     :checkers {:counters checker/counters
                :errors checker/errors
                :stats checker/stats}}))

(defn named [workload]
  (case workload
    "mixed" (mixed)
    "register" (register)
    "set" (set-workload)
    "pinned" (pinned 4)))

;; ---- the course of a test

(defn course
  "Setup by one thread after the other, then load at about this rate (per second) until the faults have ended with
  :stop-load, then the final operations."
  [{:keys [setup load final]} rate faults]
  (gen/phases
   (gen/on-threads #{0} setup)
   (gen/any (gen/nemesis faults)
            (gen/until-stopped (gen/clients (if rate (gen/stagger (/ 1.0 rate) load) load))))
   (gen/on-threads #{0} final)))
