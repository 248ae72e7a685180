using System.Runtime.CompilerServices;

namespace Drcm.Consensus;

/// <summary>The newest leadership and whoever waits for the next one.</summary>
internal sealed class LeadershipBoard
{
    private readonly Lock _sync = new();
    private readonly ChangeSignal _changed = new();
    private Leadership _current;

    public Leadership Current
    {
        get
        {
            lock (_sync)
            {
                return _current;
            }
        }
    }

    public Task NextChange => _changed.Next;

    public bool Publish(Leadership leadership)
    {
        lock (_sync)
        {
            if (_current == leadership)
            {
                return false;
            }

            _current = leadership;
        }

        _changed.Raise();
        return true;
    }

    public async IAsyncEnumerable<Leadership> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Leadership? shown = null;
        while (true)
        {
            var next = _changed.Next;
            var current = Current;
            if (shown != current)
            {
                shown = current;
                yield return current;
            }
            else
            {
                await next.WaitAsync(cancellationToken);
            }
        }
    }
}
