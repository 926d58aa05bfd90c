(ns td.stalls
  "How long this machine kept a thread that wanted to run from running: a figure beside every gap, since a cluster cannot be
  quicker than its processors.")

(def ^:private tick-ms 20)

(defn watch!
  "Starts watching; gives a function that stops it and gives {:max-ms :over-100-ms how often}."
  []
  (let [stop? (volatile! false)
        seen (volatile! [])
        thread (doto (Thread. ^Runnable (fn []
                                          (while (not @stop?)
                                            (let [before (System/nanoTime)]
                                              (Thread/sleep (long tick-ms))
                                              (let [late (- (/ (- (System/nanoTime) before) 1e6) tick-ms)]
                                                (when (< 100 late) (vswap! seen conj late))))))
                              "td-stalls")
                 (.setDaemon true)
                 .start)]
    (fn []
      (vreset! stop? true)
      (.join thread)
      {:max-ms (Math/round (double (reduce max 0 @seen))) :over-100-ms (count @seen)})))
