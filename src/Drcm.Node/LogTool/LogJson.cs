using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Drcm.Consensus.Inspection;
using Drcm.StateMachine.Control;

namespace Drcm.Node.LogTool;

/// <summary>A report for programs.</summary>
internal sealed record LogJsonReport(
    string Directory,
    bool Sound,
    long Term,
    string Vote,
    long FirstIndex,
    long LastIndex,
    long AcknowledgedIndex,
    long CommitIndex,
    SnapshotLine? Snapshot,
    ImmutableArray<LogFileLine> Files,
    ImmutableArray<LogFinding> Findings)
{
    public static LogJsonReport Of(LogReport report, LogPlace place) => new(
        report.Directory, report.IsSound, report.Term, place.Vote(report), report.FirstIndex, report.LastIndex, report.FlushedIndex, report.CommitIndex,
        report.Snapshot, report.Files, report.Findings);
}

/// <param name="Kind"><c>payload</c>, <c>barrier</c>, <c>empty</c>, <c>members</c> or <c>unknown</c>.</param>
/// <param name="IsEffective">Null: what came before is no longer there to tell.</param>
/// <param name="Events">Of a payload that is a batch of events.</param>
/// <param name="Hex">Of everything else that has bytes.</param>
internal sealed record LogJsonEntry(
    long Index,
    long Term,
    InspectedKind Kind,
    bool IsCommitted,
    bool? IsEffective,
    long? ExpectedVersion,
    string File,
    long Offset,
    ImmutableArray<EventLine> Events,
    string? Hex)
{
    public static LogJsonEntry Of(InspectedEntry entry)
    {
        var batch = entry.Kind == InspectedKind.Payload && EntryText.TryDecode(entry.Payload, out var decoded, out _) ? decoded : null;
        return new(
            entry.Index, entry.Term, entry.Kind, entry.IsCommitted, entry.IsEffective, entry.ExpectedVersion, Path.GetFileName(entry.File), entry.Offset,
            batch is null ? [] : [.. EntryText.EventsOf(entry, batch)],
            batch is null && entry.Payload.Length > 0 ? Convert.ToHexStringLower(entry.Payload.Span) : null);
    }
}

internal sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCase<InspectedKind>), typeof(SnakeCase<FindingKind>)])]
[JsonSerializable(typeof(LogJsonReport))]
[JsonSerializable(typeof(LogJsonEntry))]
internal sealed partial class LogJson : JsonSerializerContext;
