using System.Collections.Immutable;
using System.Diagnostics;
using Drcm.Consensus;
using Drcm.Consensus.Transport;
using Drcm.Node.Clock;
using Drcm.Node.Datagrams;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Guarding;
using Drcm.StateMachine.KeepAlive;
using Drcm.StateMachine.Nodes;
using Drcm.StateMachine.Reconciliation;
using Drcm.StateMachine.Solo;

namespace Drcm.Node.Loop;

/// <content>What the core wants, done.</content>
internal sealed partial class NodeLoop : INodeEffects
{
    void INodeEffects.Send(NodeId to, Message message)
    {
        var frame = _parts.Codec.Encode(message);
        _parts.Udp.Send(to, frame);
        if (_secondPath.IsWanted(to)) _parts.Peers.Send(to.Value, frame);
    }

    /// <summary>On the loop's own thread: nothing else may happen between the promise and its flush.</summary>
    void INodeEffects.StorePromises(long writeId, PromiseTable table)
    {
        try
        {
            _parts.Promises.Write(table);
            _promiseTrouble = "";
            _own.Enqueue(now => _core.PromiseStored(now, writeId));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogPromiseFailed(_parts.Promises.FilePath, e.Message);
            _promiseTrouble = $"its promises cannot be written: {e.Message}";
            _own.Enqueue(now => _core.PromiseFailed(now, writeId));
        }
    }

    void INodeEffects.Propose(LogIndex expectedVersion, ImmutableArray<ReasonedEvent> events, string actor)
    {
        var batch = new EventBatch(_parts.WallClock.GetUtcNow(), actor, events);
        _ = AppendAsync(expectedVersion, EventCodec.Encode(batch));
    }

    void INodeEffects.ChangeMembers(LogStep step) => _ = ChangeMembersAsync(step, _core.State.Definition);

    void INodeEffects.Fence(FenceStep step) => _ = FenceAsync(step);

    void INodeEffects.ConfigurationInForce(LogIndex index, ClusterState state, string file)
    {
        _parts.Addresses.Follow(state);
        _parts.FloatingAddresses.Follow(state.Definition!);
        _secondPath.Silence = state.Definition!.Timing.KeepAliveInterval * SecondPathIntervals;
        _parts.Guard.Follow(state.Definition!);
        var digest = _parts.Configuration.Keep(index, file);
        _own.Enqueue(now => _core.OwnFile(now, digest));
    }

    void INodeEffects.Sample(long id) => throw new UnreachableException("this daemon does not go on alone");

    void INodeEffects.BeginGeneration(PromiseTable promises, Func<ClusterState, ClusterState> first) => throw new UnreachableException("this daemon does not go on alone");

    void INodeEffects.TakeOver(Generation generation) => throw new UnreachableException("this daemon does not go on alone");

    void INodeEffects.LeaseMoved(TimeSpan? leaseEnd)
    {
        _parts.LeaseLow.Moved(MonotonicClock.Now, leaseEnd);
        _parts.Lease.Write(leaseEnd);
        _parts.FloatingAddresses.LeaseMoved(leaseEnd);
    }

    void INodeEffects.GiveOrder(GuardOrder order) => _parts.Guard.Give(order);

    void INodeEffects.Applied(LogIndex index, Term term, EventBatch batch, ImmutableArray<AppliedEvent> events)
    {
        _parts.History.Add(index, term, batch, events);
        MakeUpForMissed(events);
        var isNews = IsCaughtUp(events);
        var now = MonotonicClock.Now;
        _parts.Meter.Applied(now, _core.State, events, isNews, node => _core.HeardAgo(now, node));
        foreach (var applied in events)
        {
            var name = EventNames.Of(applied.Event.Event);
            if (!applied.IsEffective) LogIgnored(index.Value, name, applied.WhyNot);
            else if (isNews) LogEvent(index.Value, name, applied.Event.Reason);
            else LogReplayed(index.Value, name, applied.Event.Reason);
        }
    }

    void INodeEffects.Restored(LogIndex from, ClusterState state)
    {
        _parts.History.Restored(state);
        _parts.Meter.Restored(state);
        _parts.Compaction.Restored();
        // Its own introduction may be inside: what comes from here on is news.
        if (state.Nodes.TryGetValue(_parts.Options.Self, out var self) && self.Incarnation == _parts.Options.Incarnation) _isCaughtUp = true;
        LogRestored(from.Value, state.Version.Value);
    }

    /// <summary>The log up to this daemon's own introduction is history; it was told when it happened.</summary>
    private bool IsCaughtUp(ImmutableArray<AppliedEvent> events)
    {
        if (!_isCaughtUp && events.Any(e =>
            e.Event.Event is NodeStarted started
            && started.Node == _parts.Options.Self
            && started.Incarnation == _parts.Options.Incarnation)) _isCaughtUp = true;
        return _isCaughtUp;
    }

    void INodeEffects.Answer(long commandId, CommandOutcome outcome, LogIndex index, string text)
    {
        if (_commands.Remove(commandId, out var asked))
            asked.TrySetResult(new CommandAnswer(outcome, index.Value, [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)]));
    }

    void INodeEffects.Leave() => _left.TrySetResult();

    void IReconcilerEffects.SaveRunTable(RunTable table)
    {
        SaveRunTable(table);
        _parts.Guard.Write(table);
        _parts.FloatingAddresses.Follow(table);
    }

    /// <summary>Nothing is begun that a later incarnation would not know of, or whose release nothing would enforce; what runs is stopped and looked at all the same.</summary>
    void IReconcilerEffects.Run(ActionRequest request)
    {
        var whyNot = request.Kind != ActionKind.Start ? "" : _tableTrouble.Length > 0 ? _tableTrouble : _parts.Guard.WhyNot(request.Resource);
        if (whyNot.Length > 0)
            _own.Enqueue(now => _core.ActionDone(now, new ActionResult(request.Id, ActionOutcome.Failed, whyNot)));
        else
            _ = ActAsync(request);
    }

    void IReconcilerEffects.Kill(long actionId) => _parts.Actions.Kill(actionId);

    void IReconcilerEffects.Note(string text) => LogNote(text);

    private async Task ChangeMembersAsync(LogStep step, ClusterDefinition? definition)
    {
        string whyNot;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            patience.CancelAfter(MemberChangePatience);
            whyNot = await ChangeAsync(step, definition, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or PeerUnreachableException)
        {
            whyNot = e is OperationCanceledException ? $"it took more than {MemberChangePatience.TotalSeconds} s" : e.Message;
        }
        catch (LogDamagedException e)
        {
            _ended.TrySetException(e);
            return;
        }
        Post(now =>
        {
            _core.LogMembersChanged(now, MemberNames());
            _core.MembersChanged(now, whyNot);
        });
    }

    /// <returns>Empty: done.</returns>
    private async ValueTask<string> ChangeAsync(LogStep step, ClusterDefinition? definition, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case LogStepKind.Add:
                if (definition?.Nodes.FirstOrDefault(n => n.Id == step.Node) is not { } node) return $"{step.Node} has left the configuration";
                return Why(await _parts.Log.AddMemberAsync(
                    new LogMember(step.Node.Value, NodeAddresses.Of(node, definition).Log), cancellationToken));
            case LogStepKind.Remove:
                return Why(await _parts.Log.RemoveMemberAsync(step.Node.Value, cancellationToken));
            case LogStepKind.Resign:
                await _parts.Log.ResignAsync(cancellationToken);
                return "";
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static string Why(AppendOutcome outcome) => outcome.Status == AppendStatus.Committed ? "" : outcome.Reason;

    private ImmutableSortedSet<NodeId> MemberNames() => [.. _parts.Log.Members.Select(m => new NodeId(m.Name))];

    private async Task AppendAsync(LogIndex expectedVersion, byte[] payload)
    {
        try
        {
            var outcome = await _parts.Log.AppendAsync(expectedVersion.Value, payload, _stopping.Token);
            if (outcome.Status != AppendStatus.Committed) LogNotAppended(outcome.Status, outcome.Reason);
            var fate = outcome.Status switch
            {
                AppendStatus.Committed => ProposalFate.Committed,
                AppendStatus.Stale or AppendStatus.Rejected => ProposalFate.WithoutEffect,
                AppendStatus.Unknown => ProposalFate.Unknown,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            Post(now => _core.ProposalEnded(now, fate, new LogIndex(outcome.Index)));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            Post(now => _core.ProposalEnded(now, ProposalFate.Unknown, LogIndex.None));
        }
        catch (LogDamagedException e)
        {
            _ended.TrySetException(e);
        }
    }

    private async Task FenceAsync(FenceStep step)
    {
        var whyNot = await _parts.Fencing.FenceAsync(step, _stopping.Token);
        Post(now => _core.FenceEnded(now, whyNot));
    }

    private async Task ActAsync(ActionRequest request)
    {
        var result = await _parts.Actions.RunAsync(request, _stopping.Token);
        var news = request.Resource is CrontabDefinition && request.Kind is ActionKind.Start or ActionKind.Stop
            ? _parts.Crontabs.After(request, result, await AskAsync((core, _) => core.State.Crontabs.GetValueOrDefault(request.Slot)))
            : null;
        Post(now =>
        {
            // Before the result: a node that leaves tells both in one keep-alive.
            if (news is not null) _core.CrontabNoticed(now, news);
            _core.ActionDone(now, result);
        });
    }
}
