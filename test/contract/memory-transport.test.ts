import { realSuite } from '../../src/secagg/index.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { describeTransport } from './transport-contract.ts';

describeTransport('memory', () => {
  const network = createMemoryNetwork();
  return Promise.resolve({
    create: () => network.createTransport(createIdentity(realSuite).id),
    kill: (transport) => network.kill(transport.self),
    end: () => Promise.resolve(),
  });
});
