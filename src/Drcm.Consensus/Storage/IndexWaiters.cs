namespace Drcm.Consensus.Storage;

/// <summary>Who waits for which index. Not thread-safe; results are given outside the lock that guards it.</summary>
internal sealed class IndexWaiters
{
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();

    public Task AddAsync(long index)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(waiter, index);
        return waiter.Task;
    }

    /// <summary>Takes out those whose index has been reached.</summary>
    public void TakeUpTo(long index, List<TaskCompletionSource> reached)
    {
        while (_waiting.TryPeek(out var waiter, out var wanted) && wanted <= index)
        {
            _waiting.Dequeue();
            reached.Add(waiter);
        }
    }

    public List<TaskCompletionSource> TakeAll()
    {
        List<TaskCompletionSource> all = [];
        TakeUpTo(long.MaxValue, all);
        return all;
    }
}
