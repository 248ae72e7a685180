using Drcm.StateMachine.Control;

namespace Drcm.Cli.Connection;

/// <summary>The value of an option that is a time.</summary>
internal static class TimeArgument
{
    /// <returns>Null: not given.</returns>
    /// <exception cref="ControlException">It is none; says what may have been meant.</exception>
    public static DateTimeOffset? Of(string option, string? text)
    {
        if (text is null) return null;
        return TimeText.TryParse(text, DateTimeOffset.Now, out var at)
            ? at
            : throw new ControlException($"{option} {text} is no time", TimeText.Remedy(text), ExitCodes.Usage);
    }
}
