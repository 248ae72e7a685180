using System.Text.Json.Serialization;

namespace Drcm.Cli.Demo;

/// <summary>What <c>drcm demo --json</c> prints. Milliseconds are null where the story did not come so far.</summary>
/// <param name="Problem">Why not ok; null if ok.</param>
/// <param name="Nodes">Daemons started, a witness included.</param>
/// <param name="Resources">Slots of the cluster.</param>
/// <param name="HealthyMs">From the start of the daemons until every resource was running.</param>
/// <param name="DetectionBoundMs">D: the silence after which a node is given up.</param>
/// <param name="TakeoverMs">From the SIGKILL until every resource of the dead host ran elsewhere.</param>
/// <param name="FailbackMs">From the restart until every resource ran at home again.</param>
/// <param name="Events">In the log at the end.</param>
/// <param name="OverlapMs">Longest time that an exclusive resource was seen on two nodes.</param>
/// <param name="LeaderChanges">After the cluster was healthy.</param>
internal sealed record DemoResult(
    bool Ok,
    string? Problem,
    int Nodes,
    int Resources,
    double? HealthyMs,
    double? DetectionBoundMs,
    double? TakeoverMs,
    double? FailbackMs,
    int? Events,
    double OverlapMs,
    long? LeaderChanges);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DemoResult))]
internal sealed partial class DemoJson : JsonSerializerContext;
