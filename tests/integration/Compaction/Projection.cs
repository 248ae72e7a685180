using Drcm.Consensus;
using Drcm.Node.Loop;
using Drcm.Node.Observation;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Events;

namespace Drcm.Integration.Tests.Compaction;

/// <summary>What the node loop does with the log, without a node around it.</summary>
internal sealed class Projection(LogCompaction compaction, EventHistory history)
{
    public ClusterState State { get; private set; } = ClusterState.Empty;

    /// <summary>Entries that were applied one by one.</summary>
    public int Applied { get; private set; }

    public int Snapshots { get; private set; }

    public async Task ReadAsync(IReplicatedLog log, long upTo, CancellationToken cancellationToken)
    {
        await foreach (var entry in log.ReadCommittedAsync(0, cancellationToken))
        {
            if (entry.IsSnapshot)
            {
                State = LogCompaction.Restore(entry);
                history.Restored(State);
                compaction.Restored();
                Snapshots++;
            }
            else
            {
                var batch = EventCodec.Decode(entry.Payload);
                var applied = Transition.Apply(State, new LogIndex(entry.Index), batch);
                State = applied.State;
                history.Add(new LogIndex(entry.Index), new Term(entry.Term), batch, applied.Events);
                compaction.Applied(State, entry.Payload.Length);
                Applied++;
            }
            if (entry.Index >= upTo) return;
        }
    }
}
