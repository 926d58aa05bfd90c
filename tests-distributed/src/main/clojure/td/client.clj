(ns td.client
  "What a worker does with an operation. A completion is the operation with :type

    :ok    it took effect, :value is the answer;
    :fail  it surely had no effect (a read may fail for any reason);
    :info  nobody knows.

  and with what the answer says of itself: :idx (state index), :term, :node.")

(defprotocol Client
  (open! [client test thread] "A client for one thread and one process.")
  (invoke! [client test operation] "Does the operation; gives its completion.")
  (close! [client test] "Gives its connections back."))
