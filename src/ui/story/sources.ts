/**
 * The sources of the story.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';

/** Where the ideas come from. */
export function sources(): TemplateResult {
  return html`<h2>Sources</h2>
    <ol class="sources">
      <li>
        McMahan, Moore, Ramage, Hampson, Agüera y Arcas: Communication-Efficient Learning of Deep
        Networks from Decentralized Data. AISTATS 2017.
      </li>
      <li>
        Bonawitz and others: Practical Secure Aggregation for Privacy-Preserving Machine Learning.
        CCS 2017.
      </li>
      <li>
        Boyd, Ghosh, Prabhakar, Shah: Randomized Gossip Algorithms. IEEE Transactions on Information
        Theory, 2006.
      </li>
      <li>
        Kairouz, Liu, Steinke: The Distributed Discrete Gaussian Mechanism for Federated Learning
        with Secure Aggregation. ICML 2021.
      </li>
      <li>Shamir: How to Share a Secret. Communications of the ACM, 1979.</li>
      <li>Diffie, Hellman: New Directions in Cryptography. IEEE Transactions, 1976.</li>
      <li>
        Mitchell, Pearce: How Federated Learning Protects Privacy. PAIR Explorables, 2022, whose
        figures asked the questions that these answer.
      </li>
    </ol>`;
}
