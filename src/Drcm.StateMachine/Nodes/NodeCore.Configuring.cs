using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Nodes;

/// <content>Which cm.cfg the cluster runs by: the log's. A node whose own file differs says so.</content>
public sealed partial class NodeCore
{
    private LogIndex _comparedAt = LogIndex.None;

    /// <summary>This node's own cm.cfg says the same as the log.</summary>
    private bool _ownFileInForce;

    private void CompareConfiguration()
    {
        if (State.ConfiguredAt == _comparedAt) return;
        _comparedAt = State.ConfiguredAt;
        _ownFileInForce = ConfigDigest.OfText(State.DefinitionText) == _options.ConfigDigest;
        if (!_ownFileInForce)
        {
            _effects.Note(
                $"cm.cfg of this node differs from the configuration that the cluster runs by since index {State.ConfiguredAt}; "
                + "it takes effect when every node that is up has been restarted with the same file");
        }
    }

    /// <summary>The first configuration is the one that a majority of the voters named in it bring along. A later one must be in the file of every node
    /// that is up, the leader's own included; voters stay as they are.</summary>
    private bool ProposeConfiguration(TimeSpan now)
    {
        if (State.Definition is not null && _ownFileInForce) return false;
        var agreeing = AgreeingNodes(now);
        var voters = _options.Definition.Nodes.Where(n => n.IsVoter).ToArray();
        var isAgreed = State.Definition is null
            ? voters.Count(v => agreeing.Contains(v.Id)) * 2 > voters.Length
            : State.Nodes.Values.All(n => n.Status != NodeStatus.Up || agreeing.Contains(n.Id));
        return isAgreed
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
