(ns td.twice
  "The same call, with the same operation id, sent again and again, as a client does that never got its answer. Below the
  Java client, which mints an id for each call: plain gRPC."
  (:import (io.cadastre.core.api.proto CallRequest CallResponse Caller CreateDirectory CreateFile ErrorInfo MetadataServiceGrpc
                                       MetadataServiceGrpc$MetadataServiceBlockingStub OperationId)
           (io.cadastre.core.error ErrorCode)
           (io.grpc ManagedChannel ManagedChannelBuilder StatusRuntimeException)
           (java.util.concurrent ThreadLocalRandom TimeUnit)))

(def ^:private patience-ms 120000)

(defn open! "Channels to these masters." [masters]
  (mapv (fn [^String master]
          (-> (ManagedChannelBuilder/forTarget (str "dns:///" master)) .usePlaintext .build))
        masters))

(defn close! [channels] (run! #(.shutdownNow ^ManagedChannel %) channels))

(defn- request [{:keys [f value]}]
  (let [random (ThreadLocalRandom/current)
        path (:path value)]
    (-> (CallRequest/newBuilder)
        (.setCallId 1)
        (.setCaller (-> (Caller/newBuilder) (.setUser (System/getProperty "user.name"))))
        (.setOperationId (-> (OperationId/newBuilder)
                             (.setMintedMillis (System/currentTimeMillis))
                             (.setClient (bit-or 1 (.nextLong random)))
                             (.setSequence 1)))
        (.setTimeoutMillis 3000)
        (cond->
         (= :create f) (.setCreateFile (-> (CreateFile/newBuilder) (.setPath path) (.setComplete true)))
         (= :mkdir f) (.setCreateDirectory (-> (CreateDirectory/newBuilder) (.setPath path))))
        (.build))))

(defn- ask
  "One attempt at one master: {:answer}, {:error code} or nil if there was no answer."
  [channel ^CallRequest request]
  (try
    (let [^MetadataServiceGrpc$MetadataServiceBlockingStub stub
          (-> (MetadataServiceGrpc/newBlockingStub channel) (.withDeadlineAfter 3 TimeUnit/SECONDS))
          ^CallResponse response (.call stub request)]
      (if (.hasError response)
        {:error (keyword (.getCode ^ErrorInfo (.getError response)))}
        {:answer {:id (.getInodeId (.getDone response))
                  :idx (.getStateIndex (.getServed response))
                  :term (.getTerm (.getServed response))
                  :repeated (.getRepeated (.getDone response))}}))
    (catch StatusRuntimeException _ nil)))

(defn- send-until-answered
  "At each master in turn until one gives an answer or a refusal that stands; nil after so many ms."
  [channels request patience-ms]
  (let [end (+ (System/currentTimeMillis) patience-ms)]
    (loop [[channel & more] (cycle channels)]
      (let [{:keys [answer error]} (ask channel request)]
        (cond
          answer {:answer answer}
          (and error (not (.retryable (ErrorCode/byName (name error))))) {:error error}
          (> (System/currentTimeMillis) end) nil
          :else (do (Thread/sleep 20) (recur more)))))))

(defn make!
  "Creates a file or directory three times with one operation id: the second time at once, the third time after pause-ms, in
  which the leader may have changed. Gives the completion of the operation; all three answers are under :answers."
  [channels pause-ms operation]
  (let [path (get-in operation [:value :path])
        request (request operation)
        send! #(send-until-answered channels request patience-ms)
        first-answer (send!)]
    (cond
      (nil? first-answer) (assoc operation :type :info :error [:no-answer path])
      ;; A refusal changes nothing and is not kept: there is nothing to repeat.
      (:error first-answer) (assoc operation :type :fail :error [(:error first-answer) path])
      :else
      (let [again (send!)
            later (do (Thread/sleep (long pause-ms)) (send!))
            {:keys [id idx term]} (:answer first-answer)]
        (assoc operation
               :type :ok :idx idx :term term
               :answer {:id id :changed true}
               :answers [first-answer again later])))))
