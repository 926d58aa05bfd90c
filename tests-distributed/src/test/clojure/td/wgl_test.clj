(ns td.wgl-test
  (:require [clojure.test :refer [deftest is]]
            [clojure.test.check :as tc]
            [clojure.test.check.generators :as g]
            [clojure.test.check.properties :as prop]
            [td.wgl :as wgl]))

(defn- legal? "Whether the operations, in this order, agree with a register." [order]
  (not= ::wgl/no (reduce (fn [state o] (let [s (wgl/step state o)] (if (= ::wgl/no s) (reduced s) s))) nil order)))

(defn- orders
  "Every order of these operations that agrees with real time."
  [operations]
  (if (empty? operations)
    [[]]
    (for [o operations
          :let [others (remove #(identical? o %) operations)]
          :when (not-any? #(and (= :ok (:type %)) (< (:to %) (:from o))) others)
          rest-of (orders others)]
      (cons o rest-of))))

(defn- subsets [coll] (reduce (fn [sets x] (into sets (map #(conj % x)) sets)) [[]] coll))

(defn- by-force
  "Tries every order, with every choice of the operations of unknown outcome."
  [operations]
  (let [{ok :ok info :info} (group-by :type operations)
        info (remove #(= :read (:f %)) info)]
    (boolean (some (fn [chosen] (some legal? (orders (concat ok chosen)))) (subsets info)))))

(def ^:private operation
  (g/let [f (g/elements [:read :write :cas])
          a (g/elements [nil 1 2])
          b (g/elements [1 2])
          from (g/choose 0 20)
          length (g/choose 1 8)
          type (g/frequency [[6 (g/return :ok)] [2 (g/return :info)] [1 (g/return :fail)]])]
    {:f f
     :value (case f :read a :write b :cas [a b])
     :from (* 2 from)
     :to (when (not= :info type) (+ 1 (* 2 (+ from length))))
     :type type}))

(deftest agrees-with-brute-force
  (let [outcomes (atom #{})
        result (tc/quick-check 3000
                               (prop/for-all [operations (g/vector operation 0 6)]
                                 (let [expected (by-force operations)]
                                   (swap! outcomes conj expected)
                                   (= expected (:valid? (wgl/check operations)))))
                               :seed 20261121)]
    (is (true? (:result result)) (pr-str (:shrunk result)))
    (is (= #{true false} @outcomes) "both verdicts were met")))

(deftest gives-up-at-its-budget
  (let [writes (for [i (range 12)] {:f :write :value i :from 0 :to 100 :type :ok})
        impossible {:f :read :value :never :from 200 :to 201 :type :ok}]
    (is (= :unknown (:valid? (wgl/check (concat writes [impossible]) nil 1000))))))

(deftest names-the-operation-that-finds-no-place
  (let [write {:f :write :value 1 :from 0 :to 1 :type :ok}
        stale {:f :read :value nil :from 2 :to 3 :type :ok}]
    (is (= {:valid? false :stuck stale} (wgl/check [write stale])))))

(deftest a-long-history-is-quick
  (let [operations (mapcat (fn [i] [{:f :write :value i :from (* 10 i) :to (+ 5 (* 10 i)) :type :ok}
                                    {:f :read :value i :from (+ 6 (* 10 i)) :to (+ 7 (* 10 i)) :type :ok}])
                           (range 500))
        unknown (for [i (range 8)] {:f :write :value (- -1 i) :from (* 100 i) :type :info})]
    (is (true? (:valid? (wgl/check (concat operations unknown)))))))
