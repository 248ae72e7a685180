namespace Drcm.Consensus.Storage;

/// <summary>The disk refuses writes for now (no space, read-only, a fault of the device). Nothing is lost: the store is as its last flush left it,
/// and tries again.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A flush failed. The kernel may have dropped what was to be written and reports it once: the only way on is to end the process
/// and read back what is there. (LWN 752063, "PostgreSQL's fsync() surprise".)</summary>
internal sealed class FlushFailedException(string message) : Exception(message);
