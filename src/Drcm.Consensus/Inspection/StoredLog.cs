using System.Net;
using DotNext.Net.Cluster;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Inspection;

/// <summary>The log in a spool directory, looked at and never changed. No daemon may run on it meanwhile, or what it writes at that moment looks
/// torn. Memory does not grow with the log: one segment is held at a time.</summary>
public sealed class StoredLog
{
    private readonly string _directory;
    private readonly IStoreFiles _files = new ReadOnlyFiles();

    /// <param name="spoolDirectory">As the daemon's <c>spool_dir</c>; the log is in <c>raft/</c> below it.</param>
    public StoredLog(string spoolDirectory) => _directory = LogDirectory.PathIn(spoolDirectory);

    /// <summary>The directory of the log's files.</summary>
    public string Directory => _directory;

    public bool Exists => System.IO.Directory.Exists(_directory);

    /// <summary>As what <see cref="LogReport.VotedFor"/> names the member with this log port.</summary>
    public static byte[] MemberIdOf(IPEndPoint endPoint)
    {
        var bytes = new byte[ClusterMemberId.Size];
        ClusterMemberId.FromEndPoint(endPoint).Format(bytes);
        return bytes;
    }

    /// <summary>Reads every byte. The report is sound exactly when opening the log would succeed.</summary>
    /// <param name="misread">For each payload: why the daemon could not use it, or null. Called once for each, in order. Without it payloads are not looked into.</param>
    /// <exception cref="IOException">The directory cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not ours to read.</exception>
    public LogReport Verify(Func<ReadOnlyMemory<byte>, string?>? misread = null) => new LogCheck(_directory, _files, misread).Run();

    /// <summary>The state in the snapshot that <see cref="Verify"/> found.</summary>
    /// <exception cref="IOException">It cannot be read, or is another one by now.</exception>
    public ReadOnlyMemory<byte> ReadSnapshot(LogReport report)
    {
        var line = report.Snapshot ?? throw new ArgumentException("there is no snapshot", nameof(report));
        using var file = _files.Open(Path.Combine(_directory, line.Name));
        var bytes = new byte[file.Length];
        return file.Read(bytes, 0) == bytes.Length && StoredSnapshot.TryRead(bytes, out var snapshot) && snapshot.Index == line.Index
            ? snapshot.State
            : throw new IOException($"{file.Path} has changed since it was looked at");
    }

    /// <summary>Hands on the sound entries from <paramref name="fromIndex"/> to <paramref name="toIndex"/>, in order, up to the first damage.</summary>
    /// <param name="report">What <see cref="Verify"/> said.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void Read(LogReport report, long fromIndex, long toIndex, Action<InspectedEntry> onEntry) =>
        new EntryWalk(_directory, _files, report).Read(fromIndex, toIndex, onEntry);
}
