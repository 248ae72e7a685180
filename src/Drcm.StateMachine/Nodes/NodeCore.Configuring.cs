using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Nodes;

/// <content>Which cm.cfg the cluster runs by: the log's. A node whose own file differs says so.</content>
public sealed partial class NodeCore
{
    private LogIndex _comparedAt = LogIndex.None;

    private void CompareConfiguration()
    {
        if (State.ConfiguredAt == _comparedAt) return;
        _comparedAt = State.ConfiguredAt;
        if (ConfigDigest.OfText(State.DefinitionText) != _options.ConfigDigest)
        {
            _effects.Note(
                $"cm.cfg of this node differs from the configuration that the cluster runs by since index {State.ConfiguredAt}: this node runs by the "
                + "cluster's; bring a changed file into force with 'drcm config apply FILE'");
        }
    }

    /// <summary>The first configuration is the one that a majority of the voters named in it bring along; every later one is an operator's.</summary>
    private bool ProposeConfiguration(TimeSpan now)
    {
        if (State.Definition is not null) return false;
        var agreeing = AgreeingNodes(now);
        var voters = _options.Definition.Nodes.Where(n => n.IsVoter).ToArray();
        return voters.Count(v => agreeing.Contains(v.Id)) * 2 > voters.Length
            && Propose(now, Decider.Decide(State, new Configure(CanonicalText.Render(_options.Definition))), $"node:{_options.Self}");
    }

    /// <summary>Those whose newest report names the same file as this node's.</summary>
    private SortedSet<NodeId> AgreeingNodes(TimeSpan now)
    {
        var agreeing = new SortedSet<NodeId> { _options.Self };
        foreach (var (node, heard) in _lease.HeardReports(now))
        {
            if (heard.IsFresh && heard.Report.ConfigDigest == _options.ConfigDigest) agreeing.Add(node);
        }
        return agreeing;
    }
}
