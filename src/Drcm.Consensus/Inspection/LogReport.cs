using System.Collections.Immutable;

namespace Drcm.Consensus.Inspection;

/// <summary>A stored log, as reading all of it showed.</summary>
public sealed record LogReport
{
    /// <summary>The directory of the log's files.</summary>
    public required string Directory { get; init; }

    /// <summary>Of every file, in the order of their names.</summary>
    public required ImmutableArray<LogFileLine> Files { get; init; }

    public required ImmutableArray<LogFinding> Findings { get; init; }

    /// <summary>Opening takes it, with everything that was acknowledged.</summary>
    public bool IsSound => Findings.All(f => f.Kind != FindingKind.Refused);

    /// <summary>Newest term that this member has seen.</summary>
    public long Term { get; init; }

    /// <summary>The engine's identity of the member that has the vote in that term; empty: none.</summary>
    public ImmutableArray<byte> VotedFor { get; init; } = [];

    /// <summary>Oldest and newest sound entry in files; first above last: none.</summary>
    public long FirstIndex { get; init; }

    public long LastIndex { get; init; }

    /// <summary>Entries up to here had been flushed, and so acknowledged, when the mark was last written.</summary>
    public long FlushedIndex { get; init; }

    /// <summary>Entries up to here are known to be committed.</summary>
    public long CommitIndex { get; init; }

    /// <summary>Null: none.</summary>
    public SnapshotLine? Snapshot { get; init; }
}

/// <param name="Name">Within the directory.</param>
/// <param name="Holds">What it is, in words.</param>
/// <param name="FirstIndex">Null: holds no entries.</param>
/// <param name="FirstTerm">Of the first entry.</param>
/// <param name="LastTerm">Of the last entry.</param>
/// <param name="IsRefused">A finding about it makes opening refuse.</param>
public sealed record LogFileLine(
    string Name, string Holds, long Bytes, long? FirstIndex, long? LastIndex, long? FirstTerm, long? LastTerm, bool IsRefused);

/// <param name="Index">The last entry that is in it.</param>
/// <param name="Term">Of that entry.</param>
/// <param name="StateBytes">Of the state.</param>
public sealed record SnapshotLine(string Name, long Index, long Term, long StateBytes);
