import Dispatch

/// The thread on which the core reads and writes its files.
///
/// Swift's own threads are few and must never wait for a disk, so the hub's actor runs here instead.
final class FileQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "otsupport.files", qos: .userInitiated)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Runs `work` here and waits without holding the caller's thread: for what comes before there is an actor.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { waiting in
            queue.async { waiting.resume(returning: work()) }
        }
    }
}
