using DotNext.Net.Cluster.Consensus.Raft;
using Drcm.Consensus.Entries;
using Drcm.Consensus.Storage;

namespace Drcm.Consensus.Engines.DotNext;

public sealed partial class DotNextLog
{
    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">Stopped waiting: the entry may yet commit.</exception>
    /// <exception cref="LogDamagedException">A committed entry could not be understood; nothing more is appended.</exception>
    public async ValueTask<AppendOutcome> AppendAsync(
        long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        _committed.ThrowIfFaulty();
        var leadership = Leadership;
        if (Refusal(leadership, expectedVersion, payload.Length) is { } refusal)
        {
            return refusal;
        }

        var proposal = _committed.Propose();
        try
        {
            var frame = EntryFrame.Write(expectedVersion, proposal.Id, payload.Span);
            await ReplicateAsync(proposal, leadership.Term, frame, cancellationToken);
            return SettledOr(proposal, "another leader's entry took its place");
        }
        catch (NotLeaderException)
        {
            return SettledOr(proposal, "leadership was lost before its commit was known");
        }
        catch (StoreUnavailableException e)
        {
            return SettledOr(proposal, e.Message, e.Message);
        }
        catch (ObjectDisposedException)
        {
            return SettledOr(proposal, "the log was stopped before its commit was known");
        }
        finally
        {
            _committed.Forget(proposal);
        }
    }

    /// <summary>For tests: brings bytes into the log that are no frame of this release.</summary>
    internal async ValueTask AppendRawAsync(byte[] frame, CancellationToken cancellationToken)
    {
        try
        {
            await ReplicateAsync(new(Guid.NewGuid()), Leadership.Term, frame, cancellationToken);
        }
        catch (Exception e) when (e is LogDamagedException or NotLeaderException)
        {
            // The applier stopped at these bytes, as it must.
        }
    }

    private AppendOutcome? Refusal(Leadership leadership, long expectedVersion, int payloadBytes)
    {
        if (!leadership.IsSelf)
        {
            return Rejected(leadership.Leader is { } leader ? $"not the leader; {leader} leads" : "not the leader; no leader is known");
        }

        if (payloadBytes is 0 or > LogLimits.EntryBytesMax)
        {
            return Rejected($"an entry has 1 to {LogLimits.EntryBytesMax} bytes, this one {payloadBytes}");
        }

        if (_committed.ProposalsUnderWay >= _options.ProposalsMax)
        {
            return Rejected($"{_options.ProposalsMax} appends are under way already");
        }

        // Versions only grow, so what is stale against the applied part stays stale. A version not yet applied is left to the log.
        var version = _committed.Version;
        return expectedVersion != LogVersion.Any && expectedVersion < version
            ? new(AppendStatus.Stale, version, CommittedEntries.StaleReason(expectedVersion, version))
            : null;
    }

    private async ValueTask ReplicateAsync(Proposal proposal, long term, byte[] frame, CancellationToken cancellationToken)
    {
        var entry = new BinaryLogEntry { Term = term, Content = frame, Context = proposal };
        await _engine!.ReplicateAsync(entry, cancellationToken);
    }

    private static AppendOutcome SettledOr(Proposal proposal, string reason, string refusal = "leadership was lost before it was written")
    {
        if (proposal.Outcome is { } outcome)
        {
            return outcome;
        }

        return proposal.IsWritten ? new(AppendStatus.Unknown, 0, reason) : Rejected(refusal);
    }

    private static AppendOutcome Rejected(string reason) => new(AppendStatus.Rejected, 0, reason);
}
