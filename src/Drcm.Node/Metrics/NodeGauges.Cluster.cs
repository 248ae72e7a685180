using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;

namespace Drcm.Node.Metrics;

/// <content>Nodes, quorum, protection.</content>
internal sealed partial class NodeGauges
{
    private void AddCluster()
    {
        Gauges("drcm_build_info", "", "Always 1; the release of this daemon is a label.", _ => [Of(1, "version", ProductVersion.Text)]);
        Gauges("drcm_node_up", "", "1: the node is up by the log.", f => Nodes(f, n => Bit(n.Status == NodeStatus.Up)));
        Gauges("drcm_node_status", "", "1 with the node's status by the log as a label.", f => f.Definition.Nodes.Select(n => Of(
            1, Label("node", n.Id.Value), Label("status", NodeMeters.Word(f.Seen.State.Nodes.GetValueOrDefault(n.Id)?.Status ?? NodeStatus.Pending)))));
        Gauges("drcm_node_standby", "", "1: the node gives its slots away and takes none.", f => Nodes(f, n => Bit(n.Standby != StandbyKind.None)));
        Gauges("drcm_node_voter", "", "1: the node counts for leases and deaths.", f => f.Definition.Nodes.Select(n => Of(Bit(f.Seen.State.Voters.Contains(n.Id)), "node", n.Id.Value)));
        Gauges("drcm_node_config_matches", "", "1: the node's cm.cfg is the configuration in force.", f => Matches(f));
        Gauge("drcm_quorum", "", "1: a majority of voters is connected and a leader known, as this node sees it.", f => Bit(f.HasQuorum));
        Gauge("drcm_quorum_margin", "", "Voters that this node hears, itself included, less the majority; below 0: no quorum.", f => f.VotersConnected - f.VotersNeeded);
        Gauge("drcm_maintenance", "", "1: nothing is started, moved or stopped.", f => Bit(f.Seen.State.InMaintenance));
        Gauge("drcm_trouble", "", "1: this node cannot write its disk and hands its slots over.", f => Bit(f.Seen.Trouble.Length > 0));
        Gauges("drcm_protection_in_force", "", "1: this protection of the node is there.", f => f.Protection.Select(p => Of(Bit(p.State == ProtectionState.InForce), "by", NodeMeters.Word(p.By))));
        Gauges("drcm_protection_missing", "", "1: this protection of the node is wanted and not there.", f => f.Protection.Select(p => Of(Bit(p.State == ProtectionState.Missing), "by", NodeMeters.Word(p.By))));
    }

    /// <summary>Configured nodes as the log knows them.</summary>
    private static IEnumerable<System.Diagnostics.Metrics.Measurement<double>> Nodes(NodeFigures f, Func<NodeState, double> value) =>
        f.Definition.Nodes.Where(n => n.IsActive).Select(n => Of(f.Seen.State.Nodes.TryGetValue(n.Id, out var node) ? value(node) : 0, "node", n.Id.Value));

    /// <summary>Of nodes that were heard.</summary>
    private IEnumerable<System.Diagnostics.Metrics.Measurement<double>> Matches(NodeFigures f)
    {
        if (f.Seen.State.Definition is null) yield break;
        var inForce = ConfigDigest.OfText(f.Seen.State.DefinitionText);
        foreach (var node in f.Definition.Nodes)
        {
            var digest = node.Id == _self ? f.Seen.OwnConfigDigest : f.Seen.Heard.GetValueOrDefault(node.Id)?.Report.ConfigDigest;
            if (digest is { Length: > 0 }) yield return Of(Bit(digest == inForce), "node", node.Id.Value);
        }
    }
}
