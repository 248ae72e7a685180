using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Membership;

/// <summary>Answers learners from a voter's committed entries. Nothing is kept between two requests: what a learner does not ask for costs nothing.</summary>
internal sealed class FollowServer(IReplicatedLog log, Func<long> upTo)
{
    /// <summary>How long a learner that has everything waits for more, before it is told that there is none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private const int PartBytesMax = LogLimits.EntryBytesMax / 2;

    public async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(PeerRequest request, CancellationToken cancellationToken)
    {
        if (!FollowRequest.TryRead(request.Body.Span, out var wanted))
        {
            throw new IOException("the request is none of this release");
        }

        if (wanted.After == FollowRequest.NothingYet)
        {
            return Answer([], null);
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reader = log.ReadCommittedAsync(wanted.After, end.Token).GetAsyncEnumerator(end.Token);
        var next = reader.MoveNextAsync().AsTask();
        try
        {
            await Task.WhenAny(next, Task.Delay(Patience, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            List<CommittedEntry> entries = [];
            for (var bytes = 0; next.IsCompletedSuccessfully && await next;)
            {
                var entry = reader.Current;
                if (entry.IsSnapshot)
                {
                    return entries.Count > 0 ? Answer(entries, null) : Answer([], PartOf(entry, wanted));
                }

                bytes += FollowAnswer.BytesOf(entry);
                if (entries.Count > 0 && bytes > LogLimits.EntryBytesMax)
                {
                    break;
                }

                entries.Add(entry);
                next = reader.MoveNextAsync().AsTask();
            }

            if (next.IsFaulted)
            {
                await next;
            }

            return Answer(entries, null);
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await reader.DisposeAsync();
        }
    }

    private byte[] Answer(IReadOnlyList<CommittedEntry> entries, SnapshotPart? part)
    {
        var leadership = log.Leadership;
        return new FollowAnswer(leadership.Term, leadership.Leader, upTo(), MemberList.Of(log.Members), entries, part).ToBytes();
    }

    private static SnapshotPart PartOf(in CommittedEntry snapshot, in FollowRequest wanted)
    {
        var offset = wanted.SnapshotIndex == snapshot.Index && wanted.Offset <= snapshot.Payload.Length ? (int)wanted.Offset : 0;
        var count = Math.Min(PartBytesMax, snapshot.Payload.Length - offset);
        return new(snapshot.Index, snapshot.Term, snapshot.Payload.Length, offset, snapshot.Payload.Slice(offset, count));
    }
}
