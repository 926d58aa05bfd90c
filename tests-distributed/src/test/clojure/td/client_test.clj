(ns td.client-test
  (:require [clojure.test :refer [deftest is]]
            [td.cli :as cli]
            [td.namespace-client :as nc]
            [td.store :as store])
  (:import (io.cadastre.core.error ErrorCode ErrorCode$Retry)))

(deftest every-code-has-an-outcome
  (doseq [code (ErrorCode/values)]
    (let [k (keyword (.name ^ErrorCode code))]
      (is (= :fail (nc/outcome k false)) "a read may always be said to have failed")
      (is (= (if (#{:OUTCOME_UNKNOWN :INTERNAL :CORRUPT :PARTIAL} k) :info :fail) (nc/outcome k true)))))
  (is (= ErrorCode$Retry/SAME_ID (.retry ErrorCode/OUTCOME_UNKNOWN))))

(deftest a-history-is-kept-as-it-was
  (let [dir (java.nio.file.Files/createTempDirectory "td-" (make-array java.nio.file.attribute.FileAttribute 0))
        history [{:index 0 :time 5 :type :invoke :process 0 :f :write :value [1 2]}
                 {:index 1 :time 9 :type :info :process :nemesis :f :kill-leader :value {:killed "m1"} :error [:x "y"]}]]
    (store/save-history! (str dir) history)
    (is (= history (store/load-history (str dir))))
    (is (.startsWith ^String (slurp (str dir "/history.edn")) "{:index 0, :time 5, :type :invoke, :process 0, :f :write, :value [1 2]"))))

(deftest arguments
  (is (= {:command "proof" :name "foundation-2" :small true :seed 7}
         (select-keys (cli/parse ["proof" "foundation-2" "--small" "--seed" "7"]) [:command :name :small :seed])))
  (is (:error (cli/parse ["run" "--seed" "x"])))
  (is (:error (cli/parse ["run" "--what" "x"])))
  (is (:error (cli/parse ["run" "--dir"]))))
