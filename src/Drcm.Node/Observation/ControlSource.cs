using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Drcm.Consensus.Membership;
using Drcm.Node.Audit;
using Drcm.Node.Commands;
using Drcm.Consensus.Transport;
using Drcm.Node.Control;
using Drcm.Node.Datagrams;
using Drcm.Node.Keys;
using Drcm.Node.Loop;
using Drcm.Node.Startup;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Explanations;

namespace Drcm.Node.Observation;

/// <summary>Answers the control socket from the node loop's state and the history.</summary>
internal sealed class ControlSource(
    NodeIdentity identity, NodeLoop loop, EventHistory history, ClusterLog log, UdpLink udp, CommandDesk desk, KeyRing ring, KeyRotator rotator,
    Func<ProtectionFacts> protection, AuditKeeper audit)
    : IControlSource
{
    /// <summary>Members try each other several times a second: who was not refused for so long was let in, or is gone.</summary>
    private static readonly TimeSpan RefusedWindow = TimeSpan.FromSeconds(15);

    public async Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var seen = await loop.AskAsync(NodeSnapshot.Of).WaitAsync(cancellationToken);
        return StatusReport.Of(identity, seen, log.Leadership, loop.LeaderChanges, Counters(seen)) with
        {
            Refused = [.. log.RefusedPeers.Within(RefusedWindow).Select(r => StatusReport.Refused(identity, r.Address, r.Reason, r.Ago))],
            LogTrouble = log.Trouble,
            LogWaiting = log.Waiting,
            Trouble = seen.Trouble.Length > 0 ? seen.Trouble : null,
            Protection = protection().Lines(seen.State.Definition ?? identity.Definition, identity.Id),
            HistoryBeginsAfter = history.BeginsAfter.Value,
            Key = new KeyLine(ring.Fingerprint, seen.State.KeyRotation?.Fingerprint, StatusReport.Word((seen.State.KeyRotation?.Step ?? KeyStep.Done).ToString())),
        };
    }

    public Task<CommandAnswer?> CommandAsync(string actor, ControlRequest request, CancellationToken cancellationToken) =>
        desk.RunAsync(actor, request, cancellationToken);

    public async Task<(KeyProgress? Progress, string Why)> KeyAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await rotator.AskLeaderAsync(command == ControlProtocol.RotateKey ? "rotate" : "progress", cancellationToken);
            return (answer.Progress, answer.Why);
        }
        catch (PeerUnreachableException e)
        {
            return (null, e.Message);
        }
    }

    public Task<(ImmutableArray<Explanation> Answers, string WhyNot)> WhyAsync(string name, DateTimeOffset? at, CancellationToken cancellationToken) =>
        new WhySource(identity, loop, log, this).AnswerAsync(name, at, cancellationToken);

    public async Task<AuditAnswer> AuditAsync(bool isRebuilt, CancellationToken cancellationToken) => isRebuilt
        ? await audit.RebuildAsync(cancellationToken)
        : await audit.VerifyAsync(await loop.AskAsync((core, _) => core.State).WaitAsync(cancellationToken), cancellationToken);

    /// <summary>From memory where it still is, else by applying the log anew from its newest snapshot.</summary>
    public async IAsyncEnumerable<EventLine> EventsAsync(
        long afterIndex, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = new LogIndex(afterIndex);
        while (true)
        {
            // Also in the middle: the projection may jump ahead by a snapshot, or run away from a slow reader.
            if (history.DroppedUpTo is var dropped && after < dropped)
            {
                await foreach (var line in ReplayAsync(after, dropped, cancellationToken)) yield return line;
                after = dropped;
            }
            var (entries, more) = history.After(after);
            if (after < history.DroppedUpTo) continue;
            foreach (var entry in entries)
            {
                foreach (var line in Lines(entry)) yield return line;
                after = entry.Index;
            }
            if (entries.IsEmpty && !follow) yield break;
            if (entries.IsEmpty) await more.WaitAsync(cancellationToken);
        }
    }

    private async IAsyncEnumerable<EventLine> ReplayAsync(
        LogIndex after, LogIndex upTo, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var state = ClusterState.Empty;
        await foreach (var entry in log.ReadCommittedAsync(0, cancellationToken))
        {
            var index = new LogIndex(entry.Index);
            if (entry.IsSnapshot)
            {
                state = LogCompaction.Restore(entry);
                if (index > after) yield return EventLines.Gap(after, index < upTo ? index : upTo, new Term(entry.Term), state);
                if (index >= upTo) yield break;
                continue;
            }
            var batch = EventCodec.Decode(entry.Payload);
            var applied = Transition.Apply(state, index, batch);
            state = applied.State;
            if (index > after)
            {
                foreach (var line in Lines(new AppliedEntry(index, new Term(entry.Term), batch, applied.Events))) yield return line;
            }
            if (index >= upTo) yield break;
        }
    }

    private static IEnumerable<EventLine> Lines(AppliedEntry entry) => entry.Events.Select((e, ordinal) =>
        EventLines.Of(entry.Index, ordinal, entry.Term, entry.Batch, e.Event, EventNames.Of(e.Event.Event), e.IsEffective));

    private ImmutableArray<CounterLine> Counters(NodeSnapshot seen) =>
    [
        .. loop.Counts.Rejected().Select(r => new CounterLine("datagrams_rejected", StatusReport.Word(r.Reason.ToString()), r.Count)),
        new("datagrams_dropped", "queue_full", loop.Counts.Dropped),
        new("datagrams_unsent", "", udp.Unsent),
        new("keep_alives_replayed", "", seen.Counters.Replayed),
        new("keep_alives_stale", "", seen.Counters.StaleIncarnation),
        new("connections_rejected", "", log.Counters.RejectedConnections),
    ];
}
