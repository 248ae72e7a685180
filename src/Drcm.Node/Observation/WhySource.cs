using System.Collections.Immutable;
using Drcm.Consensus;
using Drcm.Node.Control;
using Drcm.Node.Loop;
using Drcm.Node.Startup;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Explanations;

namespace Drcm.Node.Observation;

/// <summary>Answers "why?" from this node's projection, what it heard, and the events that it still has.</summary>
internal sealed class WhySource(NodeIdentity identity, NodeLoop loop, IReplicatedLog log, IControlSource events)
{
    public async Task<(ImmutableArray<Explanation> Answers, string WhyNot)> AnswerAsync(string name, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        if (at is { } then) return await PastAsync(name, then, cancellationToken);
        var (seen, view, isLeading) = await loop.AskAsync((core, now) => (NodeSnapshot.Of(core, now), core.Seen(now), core.IsLeading)).WaitAsync(cancellationToken);
        var lines = new List<EventLine>();
        await foreach (var line in events.EventsAsync(0, follow: false, cancellationToken)) lines.Add(line);
        var facts = new WhyFacts(view, StatusReport.HasQuorum(identity, seen, seen.State.Definition ?? identity.Definition, log.Leadership), isLeading);
        return (Why.Of(seen.State, facts, lines, name, out var whyNot), whyNot);
    }

    /// <summary>The state after the newest entry whose stamp is not after that time, made anew from the log's beginning here.</summary>
    private async Task<(ImmutableArray<Explanation> Answers, string WhyNot)> PastAsync(string name, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var newest = (await loop.AskAsync(NodeSnapshot.Of).WaitAsync(cancellationToken)).State.Version;
        var (state, past) = (ClusterState.Empty, (ClusterState?)null);
        var lines = new List<EventLine>();
        var (begins, linesThen) = (LogIndex.None, 0);
        await foreach (var entry in log.ReadCommittedAsync(0, cancellationToken))
        {
            var index = new LogIndex(entry.Index);
            if (entry.IsSnapshot) (state, begins) = (LogCompaction.Restore(entry), index);
            else
            {
                var batch = EventCodec.Decode(entry.Payload);
                var applied = Transition.Apply(state, index, batch);
                state = applied.State;
                lines.AddRange(applied.Events.Select((e, ordinal) =>
                    EventLines.Of(index, ordinal, new Term(entry.Term), batch, e.Event, EventNames.Of(e.Event.Event), e.IsEffective)));
                if (batch.At <= at) (past, linesThen) = (state, lines.Count);
            }
            if (index >= newest) break;
        }
        if (past is not null) return (Why.Of(past, WhyFacts.Past, lines.Take(linesThen), name, out var whyNot), whyNot);
        return ([], begins == LogIndex.None
            ? "this node's log begins later than that"
            : $"this node's log begins after entry {begins}, later than that; drcm audit --at says who owned what then");
    }
}
