(ns td.checker-test
  "Checkers against a cluster in memory that behaves, and one that lies in one way at a time: the checker that is there for
  that lie must say so."
  (:require [clojure.test :refer [deftest is testing]]
            [td.checker :as checker]
            [td.fake :as fake]
            [td.generator :as gen]
            [td.interpreter :as interpreter]
            [td.workload :as workload]))

(defn- results
  "Of a workload of n operations on a fake cluster with these switches."
  [workload n & switches]
  (let [{:keys [setup load final checkers]} (workload/named workload)
        test {:client (fake/->FakeClient (apply fake/cluster switches))
              :nemesis (fn [_ operation] operation)
              :concurrency 8
              :seed 11
              :initial (fake/initial)
              :generator (gen/phases (gen/on-threads #{0} setup)
                                     (gen/clients (gen/limit n load))
                                     (gen/on-threads #{0} final))}]
    ((checker/compose checkers) test (interpreter/run! test))))

(deftest a-good-cluster-is-green
  (doseq [workload ["mixed" "register" "set"]]
    (testing workload
      (let [all (results workload 1500)]
        (is (true? (:valid? (dissoc all :stats))) (pr-str all))))))

(deftest the-right-checker-turns-red
  (doseq [[workload switch checker] [["mixed" :stale-read :replay]
                                     ["mixed" :hidden-stale :replay]
                                     ["mixed" :lost-write :replay]
                                     ["mixed" :double-apply :replay]
                                     ["mixed" :wrong-refusal :replay]
                                     ["mixed" :failed-but-did :replay]
                                     ["register" :stale-read :registers]
                                     ["register" :hidden-stale :registers]
                                     ["register" :lost-write :registers]
                                     ["set" :stale-read :set]
                                     ["set" :lost-write :set]
                                     ["set" :failed-but-did :set]]]
    (testing (str workload " with " switch)
      (is (false? (get-in (results workload 1500 switch) [checker :valid?]))))))

(deftest a-register-that-lies-about-indexes-is-caught-by-its-values
  (let [{:keys [registers]} (results "register" 1500 :hidden-stale)]
    (is (zero? (:stale-by-index registers)))
    (is (seq (:wrong registers)))))

(defn- event [process type f value time & {:as more}]
  (merge {:process process :type type :f f :value value :time time} more))

(defn- history [& parts] (vec (map-indexed (fn [i e] (assoc e :index i)) (apply concat parts))))

(deftest a-change-of-unknown-outcome-may-have-happened-or-not
  (let [create {:path "/a"}
        unknown [(event 0 :invoke :create create 10) (event 0 :info :create create 20)]
        stat-finds [(event 1 :invoke :stat create 30)
                    (event 1 :ok :stat create 40 :idx 3
                           :answer {:id 2 :kind :file :mode 0644 :xattrs {} :change 2})]
        stat-misses [(event 1 :invoke :stat create 50)
                     (event 1 :fail :stat create 60 :error [:NOT_FOUND ""])]
        verdict #(:valid? (checker/replayed {:initial (fake/initial)} (apply history %&)))]
    (is (true? (verdict unknown)))
    (is (true? (verdict unknown stat-finds)))
    (is (true? (verdict unknown stat-misses)))
    (is (false? (verdict stat-finds)) "nobody made it")
    (is (false? (verdict unknown stat-finds stat-misses)) "seen, then gone")))

(deftest counters-judge-by-value-and-by-index
  (let [write [(event 0 :invoke :write [:own 5] 10) (event 0 :ok :write [0 5] 20 :idx 7)]
        read (fn [v idx] [(event 4 :invoke :read [0 nil] 30) (event 4 :ok :read [0 v] 40 :idx idx)])
        check #(checker/counters {:concurrency 20} (history write %))]
    (is (true? (:valid? (check (read 5 7)))))
    (is (= 1 (:stale-by-value (check (read nil 7)))))
    (is (= 1 (:stale-by-index (check (read 5 6)))))
    (is (= 1 (:from-the-future (check (read 6 7)))))))

(deftest an-operation-id-has-one-answer
  (let [sent (fn [& answers] (history [(event 0 :invoke :create {:path "/a"} 1)
                                       (event 0 :ok :create {:path "/a"} 2 :answers (mapv #(hash-map :answer %) answers))]))
        one {:id 5 :idx 9 :term 1 :repeated false}
        valid? #(:valid? (checker/answered-once {} (apply sent %&)))]
    (is (true? (:valid? (checker/answered-once {} (history [(event 0 :invoke :create {:path "/a"} 1)
                                                            (event 0 :ok :create {:path "/a"} 2 :answers [{:answer one} nil])]))))
        "no answer is no wrong answer")
    (is (true? (valid? one (assoc one :repeated true))))
    (is (false? (valid? one one)) "not marked as repeated")
    (is (false? (valid? one (assoc one :repeated true :id 6))) "made twice")))

(deftest gaps-without-writes
  (let [ack (fn [time] [(event 0 :invoke :create {} (- time 1)) (event 0 :ok :create {} time :answer {:changed true})])
        kill (fn [time] [(event :nemesis :invoke :kill-leader nil time) (event :nemesis :info :kill-leader {} (+ time 5))])
        ms 1000000
        events (history (ack (* 10 ms)) (kill (* 11 ms)) (ack (* 510 ms)) (ack (* 520 ms)) (kill (* 521 ms)) (ack (* 600 ms)))
        check #((checker/write-gaps #{:kill-leader} %) {} events)]
    (is (= [500 80] (:all-ms (check 1000))))
    (is (true? (:valid? (check 1000))))
    (is (false? (:valid? (check 400))))))

(deftest a-kill-behind-a-change-of-the-store-shows-only-with-a-retry-over-it
  (let [kill (fn [point] [(event :nemesis :invoke :kill-at point 10)
                          (event :nemesis :info :kill-at point 20 :value {:at (keyword point)})])
        retried (fn [from to] [(event 0 :invoke :mkdir {} from) (event 0 :ok :mkdir {} to :answer {:repeated true})])
        thrice (fn [& answers] [(event 0 :invoke :mkdir {} 5)
                                (event 0 :ok :mkdir {} 30 :answer {:id 7} :answers (map #(some->> % (hash-map :answer)) answers))])
        again {:id 7 :repeated true}
        verdict #(:valid? (checker/settled {} (apply history %&)))]
    (is (true? (verdict (kill "store-change-done") (retried 5 30))))
    (is (true? (verdict (kill "store-change-done") (thrice again nil again))) "sent three times, its effect was there before")
    (is (= :unknown (verdict (kill "store-change-done") (thrice {:id 7} again again))) "its first answer is its effect")
    (is (= :unknown (verdict (kill "store-change-done") (retried 21 30))) "not under way when the leader died")
    (is (= :unknown (verdict (kill "store-change-done"))))
    (is (= :unknown (verdict (kill "intent-opened"))) "the store was not asked")))

(deftest namespace-and-store-agree-or-not
  (let [same {:entries 3 :only-in-store [] :only-in-namespace [] :differing []}
        good {:before same :after same :unchanged? true
              :loads [{:created 0 :updated 2} {:created 0 :updated 0}] :updated-directories 2 :updated-others []}
        verdict #(:valid? (checker/store-agrees {:mounted %} []))]
    (is (true? (verdict good)))
    (is (= :unknown (verdict nil)))
    (doseq [bad [(assoc-in good [:before :only-in-store] ["/data/x"])
                 (assoc-in good [:after :differing] [["/data/x" {}]])
                 (assoc-in good [:before :only-in-namespace] ["/data/x"])
                 (assoc-in good [:loads 0 :updated] 3)
                 (assoc-in good [:loads 0 :created] 1)
                 (assoc-in good [:loads 1 :updated] 1)
                 (assoc good :updated-others ["/data/f"])
                 (assoc good :unchanged? false)
                 (assoc-in good [:before :entries] 0)]]
      (is (false? (verdict bad)) (pr-str bad)))))
