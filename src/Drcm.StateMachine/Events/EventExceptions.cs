namespace Drcm.StateMachine.Events;

/// <summary>The log holds an event of a later release. The node stops applying: skipping it would diverge in silence.</summary>
/// <param name="name">Its stored name.</param>
public sealed class UnknownEventException(string name)
    : Exception($"the log holds an event \"{name}\" that this release does not know; install the release that wrote it")
{
    /// <summary>The stored name that is unknown.</summary>
    public string EventName { get; } = name;
}

/// <summary>An entry cannot be decoded: damaged, or not an entry of ours.</summary>
public sealed class CorruptEventException(string what, Exception? inner = null)
    : Exception($"an entry of the log cannot be decoded: {what}", inner);
