namespace Drcm.Consensus.Storage;

/// <summary>Sizes of the store.</summary>
internal sealed record StoreOptions
{
    public required string Directory { get; init; }

    /// <summary>A segment that has reached this size is followed by a new one.</summary>
    public int SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Written with zeros ahead of the entries, so that a flush of entries finds its blocks in place and has no metadata to write.</summary>
    public int ZeroedBytes { get; init; } = 1024 * 1024;

    /// <summary>Newest entries kept in memory, for the other members and for readers.</summary>
    public int TailBytes { get; init; } = 8 * 1024 * 1024;

    public int TailEntries { get; init; } = 16 * 1024;

    /// <summary>Entries kept behind a snapshot, so that a member that is a little late needs no snapshot.</summary>
    public int KeptEntries { get; init; } = 10_000;

    /// <summary>First pause before a disk that refused is tried again; doubled each time.</summary>
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan RetryMax { get; init; } = TimeSpan.FromSeconds(5);
}
