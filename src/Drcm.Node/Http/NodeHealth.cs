using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Http;

/// <summary>What <c>/healthz</c> and <c>/readyz</c> say.</summary>
/// <param name="Node">Empty: its loop did not answer.</param>
/// <param name="IsGood">200, else 503.</param>
/// <param name="Level"><c>good</c>, <c>degraded</c> or <c>critical</c>: of the whole cluster for <c>/healthz</c>, of the node for <c>/readyz</c>.</param>
/// <param name="Reasons">Why not; when good, what may still be worth knowing. Sentences.</param>
internal sealed record NodeHealth(string Node, [property: JsonPropertyName("ok")] bool IsGood, string Level, ImmutableArray<string> Reasons)
{
    public static NodeHealth Hung { get; } = new("", false, Word(HealthLevel.Critical), ["The daemon's loop does not answer: its process or its host stands still."]);

    /// <summary>The daemon works. A restart would not help against what else may be wrong: without a quorum, or while it hands over, it is alive.</summary>
    public static NodeHealth Alive(ClusterStatus status)
    {
        var health = Health.Of(status);
        return new NodeHealth(status.Cluster.Node, status.Trouble is null, Word(health.Level), [.. health.Sentences]);
    }

    /// <summary>The node could own resources now.</summary>
    public static NodeHealth Ready(ClusterStatus status)
    {
        var whyNot = WhyNotReady(status).ToImmutableArray();
        return new NodeHealth(status.Cluster.Node, whyNot.IsEmpty, Word(whyNot.IsEmpty ? HealthLevel.Good : HealthLevel.Critical), whyNot);
    }

    private static string Word(HealthLevel level) => Observation.StatusReport.Word(level.ToString());

    private static IEnumerable<string> WhyNotReady(ClusterStatus status)
    {
        var (cluster, self) = (status.Cluster, status.Nodes.FirstOrDefault(n => n.Name == status.Cluster.Node));
        if (status.LogWaiting is { } waiting) yield return $"It has no log yet: {waiting}.";
        if (!cluster.HasQuorum) yield return "It reaches no majority of the voters, or nobody leads.";
        if (self is null) yield return "The configuration in force does not name it.";
        else if (!self.IsActive) yield return "The configuration makes it inactive.";
        else if (self.Status != NodeStatus.Up) yield return "The log does not have it up.";
        if (self is { Standby: not StandbyKind.None }) yield return $"It stands by: {self.Reason}.";
        if (cluster.LeaseRemainingMs <= 0) yield return "It has no lease.";
        if (status.Trouble is { } trouble) yield return $"It has trouble of its own: {trouble}.";
        foreach (var line in status.Protection.Where(p => p is { By: Protector.Guard, State: ProtectionState.Missing })) yield return $"It is not guarded: {line.Why}.";
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(NodeHealth))]
internal sealed partial class HealthJson : JsonSerializerContext;
