using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Decisions;

namespace Drcm.StateMachine.Nodes;

/// <content>Which cm.cfg the cluster runs by: the log's. A node whose own file differs says so.</content>
public sealed partial class NodeCore
{
    private LogIndex _comparedAt = LogIndex.None;
    private string? _ownDigest;
    private bool _isUpToDate;
    private bool _isSucceeded;

    /// <summary>Digest of this node's own cm.cfg, as it was read at the start or kept since.</summary>
    public string OwnConfigDigest => _ownDigest ?? _options.ConfigDigest;

    /// <summary>The log has this node, and the node has read the log, yet its configuration does not name it: it was removed.</summary>
    public bool IsRemoved => IsUpToDate && State.Definition is not null && !State.Nodes.ContainsKey(_options.Self);

    /// <summary>Everything that was committed before this daemon's start has been handed in: what the projection says is no longer history. A node that the
    /// configuration knows learns it from its own introduction as well.</summary>
    public void UpToDate(TimeSpan now)
    {
        _isUpToDate = true;
        CompareConfiguration();
        Settle(now);
    }

    /// <summary>What this node's own cm.cfg says since the newest <see cref="INodeEffects.ConfigurationInForce"/>.</summary>
    public void OwnFile(TimeSpan now, string configDigest)
    {
        _ownDigest = configDigest;
        if (ConfigDigest.OfText(State.DefinitionText) != configDigest)
        {
            _effects.Note(
                $"cm.cfg of this node differs from the configuration that the cluster runs by since index {State.ConfiguredAt}: this node runs by the "
                + "cluster's; bring a changed file into force with 'drcm config apply FILE'");
        }
        Settle(now);
    }

    /// <summary>O12: a later run under this node's name has been introduced while this one lives.</summary>
    private void NoticeSuccessor()
    {
        if (_isSucceeded || !State.Nodes.TryGetValue(_options.Self, out var self) || self.Incarnation <= _options.Incarnation) return;
        _isSucceeded = true;
        _effects.Note(
            $"another daemon runs as {_options.Self}: incarnation {self.Incarnation} of boot {self.BootId}, with {(self.Identity == _options.Identity ? "a copy of this spool" : "another spool")}. "
            + "This one is refused and does nothing any more; end one of the two");
    }

    private bool IsUpToDate =>
        _isUpToDate || (State.Nodes.TryGetValue(_options.Self, out var self) && self.Incarnation == _options.Incarnation);

    private void CompareConfiguration()
    {
        if (State.ConfiguredAt == _comparedAt || !IsUpToDate) return;
        _comparedAt = State.ConfiguredAt;
        var isNamed = State.Definition!.Nodes.Any(n => n.Id == _options.Self);
        if (!isNamed)
        {
            _effects.Note(
                $"the configuration of index {State.ConfiguredAt} does not name this node, {_options.Self}: it gives up what it has and then only follows; "
                + "stop drcmd here, or bring it back with 'drcm config apply FILE'");
        }
        _effects.ConfigurationInForce(State.ConfiguredAt, State, isNamed ? State.ConfigurationFile : "");
    }

    /// <summary>The first configuration is the one that a majority of the voters named in it bring along; every later one is an operator's.</summary>
    private bool ProposeConfiguration(TimeSpan now)
    {
        if (State.Definition is not null) return false;
        var agreeing = AgreeingNodes(now);
        var voters = _options.Definition.Nodes.Where(n => n.IsVoter).ToArray();
        return voters.Count(v => agreeing.Contains(v.Id)) * 2 > voters.Length
            && Propose(now, _options.DecisionRules.Decide(State, new Configure(CanonicalText.Render(_options.Definition))), $"node:{_options.Self}");
    }

    /// <summary>Those whose newest report names the same file as this node's.</summary>
    private SortedSet<NodeId> AgreeingNodes(TimeSpan now)
    {
        var agreeing = new SortedSet<NodeId> { _options.Self };
        foreach (var (node, heard) in _lease.HeardReports(now))
        {
            if (heard.IsFresh && heard.Report.ConfigDigest == OwnConfigDigest) agreeing.Add(node);
        }
        return agreeing;
    }
}
