(ns td.fake
  "A cluster in memory: the model behind a lock, an index for every change, and switches that make it lie the way a broken
  cluster would.

    :stale-read     now and then a reading shows an earlier state, under that state's index
    :hidden-stale   as above, but with the newest index: a cluster that lies about its indexes
    :lost-write     now and then a change is acknowledged and forgotten
    :double-apply   now and then a change takes effect a second time, as if its retry were new
    :wrong-refusal  now and then an existing path is said not to exist
    :failed-but-did now and then a change that took effect is said to have had none"
  (:require [td.client :as client]
            [td.model :as model]
            [td.namespace-client :as nc]))

(defn initial [] {:index 1 :state (model/empty-state {:mode 0755 :xattrs {} :change 1})})

(defn cluster
  "A new cluster with these switches on."
  [& switches]
  (let [{:keys [index state]} (initial)]
    {:switches (set switches)
     :random (java.util.Random. 42)
     :world (atom {:index index :state state :next-id 2 :past [[index state]]})}))

;; Until then a workload lays its foundations.
(def ^:private honest-until 80)

;; One lie in so many occasions. Most second applications are refused, so there must be many.
(def ^:private odds {:double-apply 3})

(defn- lie? [{:keys [switches ^java.util.Random random world]} switch]
  (and (switches switch)
       (< honest-until (:index @world))
       (locking random (zero? (.nextInt random (int (odds switch 25)))))))

(defn- change
  "[world answer] after one application."
  [{:keys [index state next-id past] :as world} operation]
  (let [index (inc index)
        [state' answer] (model/step state operation index next-id)]
    (if (and (:ok answer) (get-in answer [:ok :changed]))
      [(assoc world :index index :state state' :next-id (inc next-id)
              :past (if (< 40 (count past)) (conj (subvec past 20) [index state']) (conj past [index state'])))
       answer index]
      [world answer (:index world)])))

(defn- completion [operation answer index]
  (if-let [code (:error answer)]
    (assoc operation :type :fail :error [code "refused"])
    (assoc operation :type :ok :idx index :answer (:ok answer))))

(defn- mutate! [{:keys [world] :as cluster} operation]
  (locking world
    (let [before @world
          [after answer index] (change before operation)
          changed? (not= (:index before) index)]
      (cond
        (and changed? (lie? cluster :lost-write)) (swap! world assoc :index index)
        (and changed? (lie? cluster :double-apply)) (reset! world (first (change after operation)))
        :else (reset! world after))
      (if (and changed? (lie? cluster :failed-but-did))
        (assoc operation :type :fail :error [:BUSY "nothing was done"])
        (completion operation answer index)))))

(defn- observe! [{:keys [world] :as cluster} operation]
  (locking world
    (let [{:keys [index state past]} @world
          lying? (or (lie? cluster :stale-read) (lie? cluster :hidden-stale))
          [index' state] (if lying? (first past) [index state])
          index (if ((:switches cluster) :hidden-stale) index index')]
      (if (and (= :stat (:f operation)) (lie? cluster :wrong-refusal))
        (assoc operation :type :fail :error [:NOT_FOUND "refused"])
        (completion operation (second (model/step state operation 0 0)) index)))))

(defn- register!
  "Registers and sets, in terms of the namespace."
  [cluster {:keys [f value] :as operation}]
  (let [stat #(observe! cluster {:f :stat :value {:path %}})
        write! (fn [path v extra]
                 (mutate! cluster {:f :setattr :value (merge {:path path :xattrs {"v" (str v)}} extra)}))
        taken #(merge operation (select-keys % [:type :idx :error]))
        number #(some-> (get-in % [:answer :xattrs "v"]) parse-long)
        path #(nc/register-path (first value))]
    (case f
      :read (let [done (stat (path))] (assoc (taken done) :value [(first value) (number done)]))
      :write (taken (write! (path) (second value) {}))
      :cas (let [[_ [old new]] value
                 found (stat (path))]
             (if (= old (number found))
               (taken (write! (path) new {:if-change (get-in found [:answer :change])}))
               (assoc operation :type :fail :error [:other-value])))
      :add (taken (mutate! cluster {:f :create :value {:path (str "/set/" value)}}))
      :elements (let [done (observe! cluster {:f :list :value {:path "/set"}})]
                  (assoc (taken done) :value (into (sorted-set) (map parse-long) (keys (:answer done))))))))

(defrecord FakeClient [cluster]
  client/Client
  (open! [this _ _] this)
  (invoke! [_ _ {:keys [f] :as operation}]
    ;; Sometimes the answer takes longer than the effect.
    (let [done (cond
                 (model/mutations f) (mutate! cluster operation)
                 (#{:stat :list} f) (observe! cluster operation)
                 :else (register! cluster operation))]
      (Thread/yield)
      done))
  (close! [_ _]))
