namespace Drcm.StateMachine.KeepAlive;

/// <summary>Which sequence numbers of one sender's incarnation were seen: the newest <see cref="Width"/> exactly, all older ones count as seen.</summary>
internal sealed class SequenceWindow
{
    /// <summary>At a hundred messages per interval this is ten intervals of reordering.</summary>
    public const int Width = 1024;

    private readonly ulong[] _bits = new ulong[Width / 64];
    private long _newest;

    /// <summary>True the first time that a number within the window is seen. Numbers start at 1.</summary>
    public bool TryAdmit(long sequence)
    {
        if (sequence <= 0 || sequence <= _newest - Width) return false;
        if (sequence > _newest) Advance(sequence);
        ref var word = ref _bits[sequence / 64 % _bits.Length];
        var bit = 1UL << (int)(sequence % 64);
        if ((word & bit) != 0) return false;
        word |= bit;
        return true;
    }

    private void Advance(long sequence)
    {
        if (sequence - _newest >= Width)
        {
            Array.Clear(_bits);
        }
        else
        {
            for (var passed = _newest + 1; passed <= sequence; passed++)
                _bits[passed / 64 % _bits.Length] &= ~(1UL << (int)(passed % 64));
        }
        _newest = sequence;
    }
}
