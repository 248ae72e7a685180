using System.Runtime.CompilerServices;
using Drcm.Cli.Connection;
using Drcm.StateMachine.Control;

namespace Drcm.Cli.Events;

/// <summary>Events of a daemon, each once and in order, also over its restarts: a follower whose connection is lost asks again from where it stopped.</summary>
/// <param name="onLost">Told once for each loss.</param>
internal sealed class EventTail(ControlClient client, Action<ControlException> onLost)
{
    /// <summary>Between two tries to reach the daemon again.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(1);

    /// <exception cref="ControlException">Refused; or unreachable, and not followed or never reached.</exception>
    public async IAsyncEnumerable<EventLine> ReadAsync(ControlRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (long Index, int Ordinal) newest = (0, -1);
        var wasReached = false;
        var isLost = false;
        while (true)
        {
            await using var events = client.EventsAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            ControlException? lost = null;
            while (lost is null)
            {
                try
                {
                    if (!await events.MoveNextAsync()) break;
                }
                catch (ControlException e) when (request.Follow && wasReached && e.Code == ExitCodes.Unavailable)
                {
                    lost = e;
                    continue;
                }
                (wasReached, isLost) = (true, false);
                var line = events.Current;
                if ((line.Index, line.Ordinal).CompareTo(newest) <= 0) continue;
                newest = (line.Index, line.Ordinal);
                yield return line;
            }
            if (lost is null) yield break;
            if (!isLost) onLost(lost);
            isLost = true;
            // The entry that was under way may have more events.
            if (newest.Index > 0) request = request with { After = newest.Index - 1, Last = null };
            await Task.Delay(Pace, cancellationToken);
        }
    }
}
