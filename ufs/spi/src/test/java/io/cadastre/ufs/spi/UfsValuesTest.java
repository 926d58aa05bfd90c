package io.cadastre.ufs.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.ufs.spi.UfsException.Kind;
import org.junit.jupiter.api.Test;

class UfsValuesTest {
  @Test
  void onlyUnknownLeavesAMutationOpen() {
    for (Kind kind : Kind.values()) {
      assertThat(kind.changedNothing()).as(kind.name()).isEqualTo(kind != Kind.UNKNOWN);
    }
    assertThat(new UfsException(Kind.UNKNOWN, "x").retryable()).isTrue();
    assertThat(new UfsException(Kind.UNAVAILABLE, "x").retryable()).isTrue();
    assertThat(new UfsException(Kind.DENIED, "x").retryable()).isFalse();
  }

  @Test
  void aDeadlinePassesOnce() {
    StoreDeadline later = StoreDeadline.afterMillis(60_000);
    assertThat(later.remainingMillis()).isBetween(50_000L, 60_000L);
    later.check();
    StoreDeadline passed = StoreDeadline.afterMillis(-5);
    assertThat(passed.expired()).isTrue();
    assertThat(passed.remainingMillis()).isZero();
    assertThat(later.orEarlier(passed)).isEqualTo(passed);
    assertThat(passed.orEarlier(later)).isEqualTo(passed);
    assertThatThrownBy(passed::check)
        .isInstanceOfSatisfying(
            UfsException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
    assertThat(StoreDeadline.afterMillis(Long.MAX_VALUE).expired()).isFalse();
  }

  @Test
  void pathsAreTakenApart() {
    assertThat(UfsPath.child("", "a")).isEqualTo("a");
    assertThat(UfsPath.child("a", "b")).isEqualTo("a/b");
    assertThat(UfsPath.parent("a/b/c")).isEqualTo("a/b");
    assertThat(UfsPath.parent("a")).isEmpty();
    assertThat(UfsPath.name("a/b")).isEqualTo("b");
    assertThat(UfsPath.name("")).isEmpty();
    assertThat(UfsPath.isPrefix("a", "a/b")).isTrue();
    assertThat(UfsPath.isPrefix("a", "ab")).isFalse();
    assertThat(UfsPath.isPrefix("", "ab")).isTrue();
    assertThatThrownBy(() -> UfsPath.parent("")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void attributesHaveLimits() {
    assertThatThrownBy(() -> UfsAttributes.NONE.withMode(010000))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(UfsAttributes.NONE.isEmpty()).isTrue();
    assertThat(UfsAttributes.NONE.withMtimeMillis(0).isEmpty()).isFalse();
  }
}
