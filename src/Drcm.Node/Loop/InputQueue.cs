namespace Drcm.Node.Loop;

/// <summary>A bounded queue with one reader that waits without spinning: on a host with two cores a spinning wait is what an idle daemon costs.
/// Any thread may add.</summary>
internal sealed class InputQueue(int most)
{
    private readonly object _lock = new();
    private readonly Queue<Action<TimeSpan>> _inputs = new();
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_lock) return _inputs.Count;
        }
    }

    /// <summary>False when full or closed.</summary>
    public bool TryAdd(Action<TimeSpan> input)
    {
        lock (_lock)
        {
            if (_isClosed || _inputs.Count >= most) return false;
            Enqueue(input);
            return true;
        }
    }

    /// <summary>Waits for room; false when closed.</summary>
    public bool Add(Action<TimeSpan> input)
    {
        lock (_lock)
        {
            while (!_isClosed && _inputs.Count >= most) Monitor.Wait(_lock);
            if (_isClosed) return false;
            Enqueue(input);
            return true;
        }
    }

    /// <summary>Waits up to <paramref name="wait"/>, whole milliseconds; null when nothing came or the queue is closed.</summary>
    public Action<TimeSpan>? Take(TimeSpan wait)
    {
        lock (_lock)
        {
            if (_inputs.Count == 0 && !_isClosed && wait > TimeSpan.Zero) Monitor.Wait(_lock, wait);
            if (!_inputs.TryDequeue(out var input)) return null;
            if (_inputs.Count == most - 1) Monitor.PulseAll(_lock);
            return input;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void Enqueue(Action<TimeSpan> input)
    {
        _inputs.Enqueue(input);
        if (_inputs.Count == 1) Monitor.PulseAll(_lock);
    }
}
