using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.StateMachine.Control;

public enum HealthLevel
{
    Good,

    /// <summary>Everything runs, yet less than the whole cluster stands behind it, or something moves right now.</summary>
    Degraded,

    /// <summary>A resource runs nowhere, or nothing could be moved.</summary>
    Critical,
}

/// <summary>The cluster's health in one plain sentence per finding, the worst first.</summary>
public sealed record Health(HealthLevel Level, IReadOnlyList<string> Sentences)
{
    /// <summary>Names in one sentence; more are counted.</summary>
    private const int NamesMax = 5;

    public static Health Of(ClusterStatus status)
    {
        var findings = Findings(status).OrderByDescending(finding => finding.Level).ToList();
        var sentences = findings.Select(finding => finding.Sentence);
        if (findings.Count > 0 && findings[0].Level > HealthLevel.Good) return new Health(findings[0].Level, [.. sentences]);
        var active = status.Nodes.Count(node => node.IsActive);
        return new Health(
            HealthLevel.Good,
            [$"Healthy: {Count(active, "node")} up, {Count(status.Slots.Length, "resource")} running at home.", .. sentences]);
    }

    private static IEnumerable<(HealthLevel Level, string Sentence)> Findings(ClusterStatus status)
    {
        var cluster = status.Cluster;
        if (status.Nodes.IsEmpty)
        {
            yield return (HealthLevel.Critical, "The cluster has no configuration in its log yet: a majority of the voters must be running first.");
        }
        if (!cluster.HasQuorum)
        {
            yield return (HealthLevel.Critical,
                $"No quorum: {cluster.Node} reaches no majority of the voters, so nothing is started or moved; bring nodes or links back.");
        }
        foreach (var finding in NodeFindings(status).Concat(SlotFindings(status))) yield return finding;
        if (status.LogWaiting is { } waiting) yield return (HealthLevel.Critical, $"{cluster.Node} has no log yet: {waiting}.");
        foreach (var finding in ProtectionFindings(status)) yield return finding;
        foreach (var refused in status.Refused.Where(r => r.Node is not null).OrderBy(r => r.Node, StringComparer.Ordinal))
        {
            yield return (HealthLevel.Degraded, $"{cluster.Node} and {refused.Node} ({refused.Address}) refuse each other: {refused.Reason}.");
        }
        if (status.Key is { RotatesTo: not null } key)
        {
            yield return (HealthLevel.Degraded, $"The auth key is being rotated (step {key.Step}); drcm auth rotate tells what it waits for.");
        }
        if (cluster.InMaintenance) yield return (HealthLevel.Degraded, "Maintenance is on: nothing is started or moved.");
        if (!status.Nodes.IsEmpty && status.Nodes.All(node => node.Name != cluster.Node))
        {
            yield return (HealthLevel.Degraded,
                $"The configuration that the cluster runs by does not name this node, {cluster.Node}: it runs nothing and only follows.");
        }
    }

    private static IEnumerable<(HealthLevel Level, string Sentence)> NodeFindings(ClusterStatus status)
    {
        var active = status.Nodes.Where(node => node.IsActive).ToList();
        var down = active.Where(node => node.Status == NodeStatus.Down).Select(node => node.Name).ToList();
        if (down.Count > 0) yield return (HealthLevel.Degraded, $"{Count(down.Count, "node")} down: {Names(down)}.");
        var pending = active.Where(node => node.Status == NodeStatus.Pending).Select(node => node.Name).ToList();
        if (pending.Count > 0) yield return (HealthLevel.Degraded, $"{Count(pending.Count, "node")} not yet up: {Names(pending)}.");
        var troubled = active.Where(node => node is { Status: NodeStatus.Up, Standby: StandbyKind.Trouble }).ToList();
        foreach (var node in troubled.Where(node => node.Name != status.Cluster.Node || status.Trouble is null))
        {
            yield return (HealthLevel.Degraded, $"{node.Reason}; drcm status there says what to do.");
        }
        var standby = active.Where(node => node is { Status: NodeStatus.Up, Standby: not (StandbyKind.None or StandbyKind.Trouble) }).Select(node => node.Name).ToList();
        if (standby.Count > 0) yield return (HealthLevel.Degraded, $"{Count(standby.Count, "node")} standing by: {Names(standby)}.");
        var differing = active.Where(node => node.ConfigMatches == false).Select(node => node.Name).ToList();
        if (differing.Count > 0)
        {
            yield return (HealthLevel.Degraded,
                $"The cm.cfg of {Names(differing)} differs from the one that the cluster runs by; drcm config apply brings a file into force.");
        }
        var coming = status.Nodes.Where(node => node.ShallVote && !node.IsVoter).Select(node => node.Name).ToList();
        if (coming.Count > 0) yield return (HealthLevel.Degraded, $"{Names(coming)} shall vote and {(coming.Count == 1 ? "does" : "do")} not yet.");
        var going = status.Nodes.Where(node => !node.ShallVote && node.IsVoter).Select(node => node.Name).ToList();
        if (going.Count > 0) yield return (HealthLevel.Degraded, $"{Names(going)} shall no longer vote and still {(going.Count == 1 ? "does" : "do")}.");
    }

    /// <summary>Of the answering node alone. What the configuration leaves out is told, and is no reason to worry.</summary>
    private static IEnumerable<(HealthLevel Level, string Sentence)> ProtectionFindings(ClusterStatus status)
    {
        var node = status.Cluster.Node;
        if (status.Trouble is { } trouble)
        {
            yield return (HealthLevel.Degraded, $"{node} has trouble of its own: {trouble}; make room on that disk or mend it, others run its resources until then.");
        }
        else if (status.LogTrouble is { } log)
        {
            yield return (HealthLevel.Degraded, $"{node} takes no part in the log: {log}.");
        }
        foreach (var line in status.Protection.Where(line => line.State is ProtectionState.Missing or ProtectionState.Off))
        {
            var level = line.State == ProtectionState.Off ? HealthLevel.Good : HealthLevel.Degraded;
            yield return (level, $"{node} {Lacks(line)}{(line.Remedy.Length > 0 ? $"; {line.Remedy}" : "")}.");
        }
    }

    private static string Lacks(ProtectionLine line) => line.By switch
    {
        Protector.Guard => $"is not guarded: {line.Why}",
        Protector.Gate => $"has no gate in its kernel, so that drcmd and its guard freeze together is not covered: {line.Why}",
        Protector.CronGuard => $"does not guard its crontabs, so cron begins their jobs without a lease as well: {line.Why}",
        Protector.SelfFence => $"cannot reset itself, so what relies on that is not started there: {line.Why}",
    };

    private static IEnumerable<(HealthLevel Level, string Sentence)> SlotFindings(ClusterStatus status)
    {
        var unknown = Slots(status, slot => slot.Phase == SlotPhase.Unknown);
        if (unknown.Count > 0)
        {
            yield return (HealthLevel.Critical,
                $"{Count(unknown.Count, "resource")} in an unknown state: {Names(unknown)}; stop by hand and restart drcmd there, or have the node fenced.");
        }
        var releasing = Slots(status, slot => slot.Phase == SlotPhase.Releasing);
        if (releasing.Count > 0)
        {
            yield return (HealthLevel.Critical,
                $"{Count(releasing.Count, "resource")} waiting until the node that went down must be rid of it: {Names(releasing)}.");
        }
        var nowhere = Slots(status, slot => slot.Phase == SlotPhase.Free && !slot.IsRetired);
        if (nowhere.Count > 0) yield return (HealthLevel.Critical, $"{Count(nowhere.Count, "resource")} running nowhere: {Names(nowhere)}.");
        var moving = Slots(status, slot => slot.Phase is SlotPhase.Assigned or SlotPhase.Revoked);
        if (moving.Count > 0) yield return (HealthLevel.Degraded, $"{Count(moving.Count, "resource")} starting or stopping: {Names(moving)}.");
        var away = Slots(status, slot => slot.Phase == SlotPhase.Started && slot.Owner != slot.Home);
        if (away.Count > 0) yield return (HealthLevel.Degraded, $"{Count(away.Count, "resource")} on a backup node: {Names(away)}.");
    }

    private static List<string> Slots(ClusterStatus status, Func<SlotLine, bool> which) =>
        [.. status.Slots.Where(which).Select(slot => slot.Slot)];

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Names(List<string> names) => names.Count <= NamesMax
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesMax))} and {names.Count - NamesMax} more";
}
