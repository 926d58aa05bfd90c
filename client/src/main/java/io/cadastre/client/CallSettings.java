package io.cadastre.client;

import io.cadastre.core.api.proto.Caller;
import java.time.Duration;

/**
 * What a view of the client sets for its calls.
 *
 * @param caller who calls
 * @param timeout for the whole logical call
 * @param retries whether failed attempts are repeated
 * @param pin the only master to send to; null: whichever leads
 */
record CallSettings(Caller caller, Duration timeout, boolean retries, MasterChannel pin) {
  CallSettings withTimeout(Duration newTimeout) {
    return new CallSettings(caller, newTimeout, retries, pin);
  }

  CallSettings withCaller(CallerIdentity newCaller) {
    return new CallSettings(newCaller.toProto(), timeout, retries, pin);
  }

  CallSettings withRetries(boolean newRetries) {
    return new CallSettings(caller, timeout, newRetries, pin);
  }

  CallSettings withPin(MasterChannel newPin) {
    return new CallSettings(caller, timeout, retries, newPin);
  }
}
