using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using DotNext.Net.Cluster.Consensus.Raft;

namespace Drcm.Consensus.Engines.DotNext;

/// <summary>The read barrier. The engine's own, called on a follower, believes a leader that may have been deposed; ours has the leader
/// confirm its leadership by a round of heartbeats first. Questions and answers travel as frames between members.</summary>
public sealed partial class DotNextLog
{
    private const byte BarrierQuestion = 1;
    private const byte BarrierAnswer = 2;

    /// <summary>Questions of others being answered at one time; more are left unanswered, and asked again.</summary>
    private const int BarrierAnswersMax = 64;

    /// <summary>Frames may be lost: a question without answer is put again.</summary>
    private static readonly TimeSpan BarrierRetry = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<long, TaskCompletionSource<long>> _barriers = new();
    private long _lastBarrier;
    private int _barrierAnswers;

    /// <inheritdoc/>
    public async ValueTask ReadBarrierAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        while (true)
        {
            var change = _leadership.NextChange;
            _committed.ThrowIfFaulty();
            var index = Leadership switch
            {
                { IsSelf: true } => await ConfirmAsync(either.Token) ?? await NobodyAsync(change, either.Token),
                { Leader: { } leader } => await AskAsync(leader, change, either.Token),
                _ => await NobodyAsync(change, either.Token),
            };
            if (index is { } confirmed)
            {
                await _committed.WaitForAsync(confirmed, either.Token);
                return;
            }
        }
    }

    /// <summary>Nobody to ask, or the engine refuses: it may do so at once, again and again, without a majority and while this log is being stopped.</summary>
    private static async ValueTask<long?> NobodyAsync(Task change, CancellationToken cancellationToken)
    {
        await Task.WhenAny(change, Task.Delay(BarrierRetry, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    /// <summary>On the leader: an index that covers everything committed before the call; null when it turned out not to lead.</summary>
    internal async ValueTask<long?> ConfirmAsync(CancellationToken cancellationToken)
    {
        var before = Leadership;
        try
        {
            await _engine!.ApplyReadBarrierAsync(ReadBarrierType.Strong, cancellationToken);
        }
        catch (Exception e) when (e is NotLeaderException or QuorumUnreachableException or IOException)
        {
            return null;
        }

        return before.IsSelf && Leadership == before ? _committed.AppliedIndex : null;
    }

    private async ValueTask<long?> AskAsync(string leader, Task change, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _lastBarrier);
        var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        _barriers[id] = answer;
        try
        {
            var question = new byte[sizeof(long) + Encoding.UTF8.GetByteCount(_options.Self)];
            BinaryPrimitives.WriteInt64LittleEndian(question, id);
            Encoding.UTF8.GetBytes(_options.Self, question.AsSpan(sizeof(long)));
            _transport.Send(leader, BarrierQuestion, question);
            var retry = Task.Delay(BarrierRetry, cancellationToken);
            await Task.WhenAny(answer.Task, change, retry);
            cancellationToken.ThrowIfCancellationRequested();
            return answer.Task.IsCompletedSuccessfully ? await answer.Task : null;
        }
        finally
        {
            _barriers.TryRemove(id, out _);
        }
    }

    private void OnBarrierFrame(byte kind, ReadOnlyMemory<byte> frame)
    {
        if (frame.Length < sizeof(long))
        {
            return;
        }

        var id = BinaryPrimitives.ReadInt64LittleEndian(frame.Span);
        switch (kind)
        {
            case BarrierQuestion:
                var asker = Encoding.UTF8.GetString(frame.Span[sizeof(long)..]);
                if (Leadership.IsSelf)
                {
                    _ = AnswerAsync(asker, id);
                }

                break;
            case BarrierAnswer when frame.Length == 2 * sizeof(long) && _barriers.TryGetValue(id, out var waiting):
                waiting.TrySetResult(BinaryPrimitives.ReadInt64LittleEndian(frame.Span[sizeof(long)..]));
                break;
            default:
                break;
        }
    }

    private async Task AnswerAsync(string asker, long id)
    {
        if (Interlocked.Increment(ref _barrierAnswers) <= BarrierAnswersMax)
        {
            try
            {
                if (await ConfirmAsync(_stop.Token) is { } index)
                {
                    var answer = new byte[2 * sizeof(long)];
                    BinaryPrimitives.WriteInt64LittleEndian(answer, id);
                    BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(sizeof(long)), index);
                    _transport.Send(asker, BarrierAnswer, answer);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The log is being stopped; the asker will ask the next leader.
            }
        }

        Interlocked.Decrement(ref _barrierAnswers);
    }
}
