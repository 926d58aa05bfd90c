(ns td.model-test
  "Laws of the executable namespace, on random operations."
  (:require [clojure.test :refer [deftest is]]
            [clojure.test.check :as tc]
            [clojure.test.check.generators :as g]
            [clojure.test.check.properties :as prop]
            [td.fake :as fake]
            [td.model :as model]))

(def ^:private path
  (g/fmap #(apply str (map (partial str "/") %)) (g/vector (g/elements ["a" "b" "c"]) 1 3)))

(def ^:private operation
  (g/one-of
   [(g/let [p path i g/boolean] {:f :create :value {:path p :incomplete? i}})
    (g/let [p path] {:f :complete :value {:path p :bytes 7}})
    (g/let [p path] {:f :mkdir :value {:path p}})
    (g/let [p path r g/boolean] {:f :delete :value {:path p :recursive? r}})
    (g/let [from path to path o g/boolean] {:f :rename :value {:from from :to to :overwrite? o}})
    (g/let [p path v (g/elements ["1" "2"])] {:f :setattr :value {:path p :xattrs {"v" v}}})]))

(defn- run [operations]
  (reductions (fn [[state] [index operation]] (model/step state operation index index))
              [(:state (fake/initial)) nil]
              (map vector (iterate inc 2) operations)))

(defn- tree-ids [state] (tree-seq #(get-in state [:edges %]) #(vals (get-in state [:edges %])) model/root-id))

(defn- sound? [state]
  (let [ids (tree-ids state)]
    (and (apply distinct? ids)
         (= (set ids) (set (keys (:inodes state))))
         (= (set (keys (:edges state))) (set (keep #(when (= :dir (:kind %)) (:id %)) (vals (:inodes state))))))))

(defn- holds [property] (let [r (tc/quick-check 500 property :seed 20261121)]
                          (is (true? (:result r)) (pr-str (:shrunk r)))))

(deftest a-tree-stays-a-tree
  (holds (prop/for-all [operations (g/vector operation 0 40)] (every? (comp sound? first) (run operations)))))

(deftest a-refusal-changes-nothing
  (holds (prop/for-all [operations (g/vector operation 0 40)]
           (every? (fn [[[before] [after answer]]] (or (:ok answer) (= before after)))
                   (partition 2 1 (run operations))))))

(deftest renaming-there-and-back-changes-only-indexes
  (holds (prop/for-all [operations (g/vector operation 0 30), from path, to path]
           (let [[state] (last (run operations))
                 [there answer] (model/step state {:f :rename :value {:from from :to to}} 100 0)
                 [back] (model/step there {:f :rename :value {:from to :to from}} 101 0)
                 timeless #(update % :inodes update-vals (fn [inode] (dissoc inode :change)))]
             (or (:error answer) (= (timeless state) (timeless back)))))))

(deftest a-recursive-listing-is-the-whole-tree
  (holds (prop/for-all [operations (g/vector operation 0 40)]
           (let [[state] (last (run operations))
                 entries (:ok (second (model/step state {:f :list :value {:path "/" :recursive? true}} 0 0)))]
             (and (= (count entries) (dec (count (tree-ids state))))
                  (every? (fn [[path seen]] (= seen (:ok (second (model/step state {:f :stat :value {:path path}} 0 0)))))
                          entries))))))

(deftest a-state-comes-back-from-its-listing
  (holds (prop/for-all [operations (g/vector operation 0 40)]
           (let [[state] (last (run operations))
                 answer (fn [f] (:ok (second (model/step state {:f f :value {:path "/" :recursive? true}} 0 0))))]
             (= state (model/state-of (answer :stat) (answer :list)))))))

(deftest a-file-is-completed-once
  (let [[[_ _] [state made] [state' done] [_ again]]
        (run [{:f :create :value {:path "/f" :incomplete? true}}
              {:f :complete :value {:path "/f" :bytes 7}}
              {:f :complete :value {:path "/f" :bytes 7}}])]
    (is (= (get-in made [:ok :id]) (get-in done [:ok :id])))
    (is (:incomplete (model/inode-at state "/f")))
    (is (= [nil 7] ((juxt :incomplete :size) (model/inode-at state' "/f"))))
    (is (= :FILE_STATE (:error again)))))

(deftest words-of-refusal
  (let [[state] (last (run [{:f :mkdir :value {:path "/d"}} {:f :create :value {:path "/d/f"}}
                            {:f :create :value {:path "/f"}} {:f :mkdir :value {:path "/e"}}]))
        code (fn [f value] (:error (second (model/step state {:f f :value value} 9 9))))]
    (is (= :ALREADY_EXISTS (code :create {:path "/d"})))
    (is (= :NOT_FOUND (code :create {:path "/no/x"})))
    (is (= :NOT_A_DIRECTORY (code :create {:path "/f/x"})))
    (is (= :NOT_EMPTY (code :delete {:path "/d"})))
    (is (= :NOT_FOUND (code :delete {:path "/x"})))
    (is (= :INVALID_ARGUMENT (code :rename {:from "/d" :to "/d/x"})))
    (is (= :NOT_A_FILE (code :rename {:from "/f" :to "/d" :overwrite? true})))
    (is (= :NOT_A_DIRECTORY (code :rename {:from "/e" :to "/f" :overwrite? true})))
    (is (= :NOT_EMPTY (code :rename {:from "/e" :to "/d" :overwrite? true})))
    (is (= :ALREADY_EXISTS (code :rename {:from "/f" :to "/d/f"})))
    (is (nil? (code :rename {:from "/f" :to "/d/f" :overwrite? true})))))
