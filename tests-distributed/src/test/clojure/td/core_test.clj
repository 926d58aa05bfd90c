(ns td.core-test (:require [clojure.test :refer [deftest is]])) (deftest ok (is (= 1 1)))
