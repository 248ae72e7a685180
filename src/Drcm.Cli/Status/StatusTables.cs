using System.Globalization;
using Drcm.Cli.Output;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Cli.Status;

/// <summary>What <c>drcm status</c> shows of a cluster.</summary>
internal static class StatusTables
{
    public static string Heading(ClusterStatus status)
    {
        var cluster = status.Cluster;
        var leader = cluster.Leader is null ? "no leader" : $"leader {cluster.Leader} (term {cluster.Term})";
        var lease = cluster.LeaseRemainingMs > 0
            ? string.Create(CultureInfo.InvariantCulture, $"lease for {cluster.LeaseRemainingMs:0} ms")
            : "no lease";
        return $"Seen from {cluster.Node} at {TimeText.Short(status.At, status.At)}: {leader}, "
            + $"{(cluster.HasQuorum ? "quorum" : "NO QUORUM")}, {lease}, log index {cluster.Applied}"
            + (status.HistoryBeginsAfter > 0 ? $", events up to {status.HistoryBeginsAfter} in the snapshot" : "");
    }

    /// <summary>What stands behind the answering node's daemon; empty when it does not say.</summary>
    public static string Protection(ClusterStatus status)
    {
        var here = Words(status, ProtectionState.InForce);
        var missing = Words(status, ProtectionState.Missing);
        return (here, missing) switch
        {
            ("", "") => "",
            (_, "") => $"{status.Cluster.Node} is protected by its {here}",
            ("", _) => $"{status.Cluster.Node} is NOT protected by a {missing}",
            _ => $"{status.Cluster.Node} is protected by its {here}, NOT by a {missing}",
        };
    }

    /// <summary>How many voters may go now, before nothing exclusive runs any more; empty while nobody votes.</summary>
    public static string Margin(ClusterStatus status)
    {
        var voters = status.Nodes.Where(node => node.IsVoter).ToList();
        if (voters.Count == 0) return "";
        var up = voters.Count(node => node.Status == NodeStatus.Up);
        var spare = up - ((voters.Count / 2) + 1);
        var most = $"{up} of {voters.Count} voters are up";
        return spare switch
        {
            < 0 => $"{most}: too few, so nothing is started or moved",
            0 when voters.Count == 2 => $"{most}: neither may be lost; a small third machine with witness = 1 changes that",
            0 => $"{most}: no other may be lost now",
            _ => $"{most}: {spare} of them may be lost now",
        };
    }

    public static TableModel Nodes(ClusterStatus status) => new(
        ["NODE", "HOSTNAME", "ADDRESS", "STATUS", "ROLE", "HEARD", "SINCE", "WHY"],
        [.. status.Nodes.Select(node => NodeRow(node, status))]);

    public static TableModel Resources(ClusterStatus status) => new(
        ["RESOURCE", "HOME", "OWNER", "STATUS", "SINCE", "WHAT", "WHY"],
        [.. status.Slots.Select(slot => SlotRow(slot, status))]);

    public static Cell NodeWord(NodeLine node) => node switch
    {
        { IsActive: false } => new Cell("inactive", Tone.Faint),
        { Status: NodeStatus.Pending } => new Cell("not yet up", Tone.Warn),
        { Status: NodeStatus.Down } => new Cell("down", Tone.Bad),
        { Standby: StandbyKind.Operator } => new Cell("standby", Tone.Warn),
        { Standby: StandbyKind.Trouble } => new Cell("in trouble", Tone.Bad),
        { Standby: StandbyKind.Shutdown } => new Cell("leaving", Tone.Warn),
        _ => new Cell("up", Tone.Good),
    };

    public static Cell SlotWord(SlotLine slot)
    {
        var cell = slot.Phase switch
        {
            SlotPhase.Free => new Cell(slot.IsRetired ? "removed" : "stopped", slot.IsRetired ? Tone.Faint : Tone.Bad),
            SlotPhase.Assigned => new Cell("starting", Tone.Warn),
            SlotPhase.Started when slot.Owner == slot.Home => new Cell("running", Tone.Good),
            SlotPhase.Started => new Cell("on backup", Tone.Warn),
            SlotPhase.Revoked => new Cell("stopping", Tone.Warn),
            SlotPhase.Releasing => new Cell("releasing", Tone.Bad),
            SlotPhase.Unknown => new Cell("unknown", Tone.Bad),
        };
        var failures = slot.Failures.Sum(failure => failure.Count);
        return failures == 0 ? cell : cell with { Text = $"{cell.Text}, {failures} failed" };
    }

    public static Tone ToneOf(HealthLevel level) => level switch
    {
        HealthLevel.Good => Tone.Good,
        HealthLevel.Degraded => Tone.Warn,
        HealthLevel.Critical => Tone.Bad,
    };

    private static string Words(ClusterStatus status, ProtectionState state) => string.Join(", ", status.Protection.Where(p => p.State == state).Select(p => p.By switch
    {
        Protector.Guard => "guard",
        Protector.Gate => "kernel gate",
        Protector.CronGuard => "guarded crontabs",
        Protector.SelfFence => "self_fence",
    }));

    private static Cell[] NodeRow(NodeLine node, ClusterStatus status) =>
    [
        node.Name,
        node.Hostname,
        node.Address,
        NodeWord(node),
        Role(node, status.Cluster.Leader),
        node.Name == status.Cluster.Node ? new Cell("itself", Tone.Faint) : Ago(node.HeardMs),
        TimeText.Short(node.Since, status.At),
        node.Reason,
    ];

    private static string Role(NodeLine node, string? leader)
    {
        var kind = node switch
        {
            { IsWitness: true, IsVoter: false, ShallVote: true } => "witness, no vote yet",
            { IsWitness: true } => "witness",
            { IsVoter: true, ShallVote: false } => "voter, going",
            { IsVoter: true } => "voter",
            { ShallVote: true } => "no vote yet",
            _ => "no vote",
        };
        return node.Name == leader ? $"{kind}, leader" : kind;
    }

    private static Cell Ago(double? milliseconds) => milliseconds switch
    {
        null => new Cell("never", Tone.Faint),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms ago"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0} s ago"),
    };

    private static Cell[] SlotRow(SlotLine slot, ClusterStatus status) =>
    [
        $"{slot.Kind}:{slot.Nickname}",
        slot.Home,
        slot.Owner ?? "-",
        SlotWord(slot),
        TimeText.Short(slot.Since, status.At),
        slot.Description,
        slot.LastFailure.Length > 0 ? $"{slot.Reason} (last failure: {slot.LastFailure})" : slot.Reason,
    ];
}
