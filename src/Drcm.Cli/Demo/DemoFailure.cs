namespace Drcm.Cli.Demo;

/// <summary>The demo cannot go on; the message is the sentence that the person reads.</summary>
internal sealed class DemoFailure(string message) : Exception(message);
