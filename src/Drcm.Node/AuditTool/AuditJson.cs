using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Drcm.StateMachine.Control;

namespace Drcm.Node.AuditTool;

/// <summary>What <c>drcm audit --format json</c> prints.</summary>
/// <param name="Applied">Newest entry of the log that the history has.</param>
/// <param name="PrunedUpTo">Older events were let go; 0: none were.</param>
internal sealed record AuditJsonReport(
    DateTimeOffset Since, DateTimeOffset Until, long Applied, long PrunedUpTo, ImmutableArray<GapRow> Gaps, ImmutableArray<EventLine> Events, AuditSummary Summary);

/// <param name="Index">The newest entry by then.</param>
internal sealed record AuditJsonAt(DateTimeOffset At, long Index, bool IsInGap, ImmutableArray<OwnerAt> Owners);

internal sealed record AuditJsonOutages(DateTimeOffset Since, DateTimeOffset Until, ImmutableArray<OutageLine> Outages);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuditJsonReport))]
[JsonSerializable(typeof(AuditJsonAt))]
[JsonSerializable(typeof(AuditJsonOutages))]
internal sealed partial class AuditJson : JsonSerializerContext;
