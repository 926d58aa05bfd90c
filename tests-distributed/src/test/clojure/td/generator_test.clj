(ns td.generator-test
  (:require [clojure.test :refer [deftest is testing]]
            [td.generator :as gen]
            [td.workload :as workload]))

(defn- values [history] (map :value history))

(defn- simulate [generator & {:keys [seed threads n] :or {seed 1 threads 4 n 200}}]
  (gen/simulate {} generator seed threads n 1000000))

(deftest one-seed-one-history
  (doseq [workload ["mixed" "register" "set"]]
    (let [run #(simulate (gen/clients (:load (workload/named workload))) :seed %)]
      (is (= (run 7) (run 7)))
      (is (not= (values (run 7)) (values (run 8)))))))

(deftest unique-files-are-unique
  (let [paths (->> (simulate (gen/clients (:load (workload/mixed))) :n 5000)
                   (filter #(= :create (:f %)))
                   (map (comp :path :value))
                   (filter #(.startsWith ^String % "/unique")))]
    (is (< 1000 (count paths)))
    (is (apply distinct? paths))))

(deftest a-sequence-keeps-its-order
  (is (= [1 2 3] (values (simulate (map (fn [v] {:f :x :value v}) [1 2 3]))))))

(deftest limits
  (is (= 5 (count (simulate (gen/limit 5 (fn [_ _] {:f :x}))))))
  (is (= 1 (count (simulate (gen/once (fn [_ _] {:f :x})))))))

(deftest time-limit-and-stagger
  (let [history (simulate (gen/time-limit 1 (gen/stagger 0.01 (fn [_ _] {:f :x}))) :n 10000)]
    (is (< 70 (count history) 140))
    (is (every? #(< (:time %) 1000000000) history))))

(deftest sleep-takes-its-time
  (let [[a b] (simulate [{:f :a} (gen/sleep 2) {:f :b}])]
    (is (<= 2000000000 (- (:time b) (:time a)) 2100000000))))

(deftest phases-wait-for-everybody
  (let [history (simulate (gen/phases (gen/limit 7 (fn [_ _] {:f :a})) {:f :b}))
        last-a (reduce max (map :time (filter #(= :a (:f %)) history)))]
    (is (= :b (:f (last history))))
    (is (<= (+ last-a 1000000) (:time (last history))))))

(deftest threads-are-kept-apart
  (let [history (simulate (gen/any (gen/nemesis (repeat 3 {:f :fault}))
                                   (gen/clients (gen/limit 50 (fn [_ _] {:f :x})))))]
    (is (= #{:nemesis} (set (map :thread (filter #(= :fault (:f %)) history)))))
    (is (not-any? #{:nemesis} (map :thread (filter #(= :x (:f %)) history))))
    (is (= 53 (count history)))))

(deftest load-ends-with-the-faults
  (let [history (simulate (workload/course {:load (fn [_ _] {:f :x})} 1000 [(gen/sleep 1) {:f :stop-load}])
                          :n 100000)
        stop (:time (first (filter #(= :stop-load (:f %)) history)))]
    (is (< 500 (count history) 2000))
    (is (every? #(<= (:time %) (+ stop 1000000)) history))))

(deftest each-thread-has-its-own
  (let [history (simulate (gen/clients (gen/each-thread [{:f :a} {:f :b}])) :threads 3)]
    (is (= {0 [:a :b] 1 [:a :b] 2 [:a :b]}
           (update-vals (group-by :thread history) #(mapv :f %))))))

(deftest mix-uses-all
  (is (= #{:a :b} (set (map :f (simulate (gen/mix [(fn [_ _] {:f :a}) (fn [_ _] {:f :b})])))))))
