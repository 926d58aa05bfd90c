(ns td.log
  "Lines on standard error, with seconds since the start of the process. No library: the harness has few things to say."
  (:require [clojure.string :as str]))

(def ^:private start (System/nanoTime))

(defn- line [level parts]
  (let [text (format "%8.3f %s %s" (/ (- (System/nanoTime) start) 1e9) level (str/join " " parts))]
    (locking start
      (binding [*out* *err*] (println text) (flush)))))

(defn info [& parts] (line "info" parts))

(defn warn [& parts] (line "WARN" parts))
