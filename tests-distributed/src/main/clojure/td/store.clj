(ns td.store
  "Where a run is kept: DIR/history.edn, in Jepsen's shape, one map a line, and DIR/results.edn. Written before checking, so
  that what takes long, or fails, can be looked at and checked again. Knossos and Elle read the histories of the workloads
  `register` and `set` as they are; the others have values of our own."
  (:require [clojure.edn :as edn]
            [clojure.java.io :as io]
            [clojure.pprint :as pprint]))

(def ^:private columns [:index :time :type :process :f :value])

(defn- ordered [event]
  (apply array-map (mapcat (fn [k] [k (get event k)])
                           (concat columns (sort (remove (set columns) (keys event)))))))

(defn save-history! [dir history]
  (io/make-parents (io/file dir "history.edn"))
  (binding [*print-length* nil, *print-level* nil, *print-namespace-maps* false]
    (with-open [out (io/writer (io/file dir "history.edn"))]
      (doseq [event history]
        (.write out (pr-str (ordered event)))
        (.write out "\n")))))

(defn save-results! [dir results]
  (io/make-parents (io/file dir "results.edn"))
  (binding [*print-length* nil, *print-level* nil, *print-namespace-maps* false]
    (spit (io/file dir "results.edn") (with-out-str (pprint/pprint results)))))

(defn load-history [dir]
  (with-open [in (java.io.PushbackReader. (io/reader (io/file dir "history.edn")))]
    (vec (take-while some? (repeatedly #(edn/read {:eof nil} in))))))
