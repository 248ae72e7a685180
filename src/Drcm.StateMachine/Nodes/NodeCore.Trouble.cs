namespace Drcm.StateMachine.Nodes;

/// <content>Trouble of the node's own: what it cannot write it cannot answer for, so others shall run its slots.</content>
public sealed partial class NodeCore
{
    /// <summary>A write that fails once is tried again; only what lasts is worth a handover.</summary>
    private static readonly TimeSpan TroubleMin = TimeSpan.FromSeconds(1);

    private string _trouble = "";
    private TimeSpan? _troubleSince;
    private TimeSpan _troubleSeenAt;

    /// <summary>How things are; ask at every tick.</summary>
    /// <param name="what">A clause for people; empty: all is well.</param>
    public void Trouble(TimeSpan now, string what)
    {
        if (what.Length > 0)
        {
            _troubleSince ??= now;
            _troubleSeenAt = now;
            if (_trouble.Length > 0 || now - _troubleSince < TroubleMin) return;
            _trouble = what.Length <= Limits.DetailCharsMax ? what : what[..Limits.DetailCharsMax];
            _effects.Note($"trouble of this node: {_trouble}; others shall run its slots until that has been over for {_options.TroubleMemory.TotalSeconds:0} s");
        }
        else
        {
            if (_trouble.Length == 0) _troubleSince = null;
            if (_trouble.Length == 0 || now - _troubleSeenAt < _options.TroubleMemory) return;
            _trouble = "";
            _troubleSince = null;
            _effects.Note("the trouble of this node has been over for a while");
        }
        Settle(now);
    }
}
