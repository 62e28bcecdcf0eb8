namespace Tessera.Fuzz.Harness;

/// <summary>What a <see cref="FlawedTarget"/> does wrong.</summary>
internal enum Flaw
{
    UndocumentedException,
    NamelessRefusal,
    StackOverflow,
    EndlessLoop,
    ManagedMemory,
    NativeMemory,
    RefusesAll,
}
